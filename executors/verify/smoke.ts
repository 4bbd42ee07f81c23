import type { SmokeStep } from '../../packages/service/types';
import { judged, type CheckResult } from './result';

/** One answer as a flow sees it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks over the network; a mock in specs. */
export type Ask = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}) => Promise<Answer>;

/** Where the values of a step come from: kept ones of earlier steps, and the environment of this process. */
interface Values {
  readonly kept: Map<string, string>;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs the steps one after the other and stops at the first that fails: what follows stands on it. No kept value, e.g. a token, is in a result.
 * @param base address of the published service, e.g. `http://127.0.0.1:8080`
 */
export async function runSmoke(
  steps: readonly SmokeStep[],
  base: string,
  ask: Ask,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly CheckResult[]> {
  const values: Values = { kept: new Map(), env };
  const results: CheckResult[] = [];
  for (const step of steps) {
    const result = await runStep(step, base, ask, values);
    results.push(result);
    if (!result.passed) break;
  }
  return results;
}

async function runStep(step: SmokeStep, base: string, ask: Ask, values: Values): Promise<CheckResult> {
  const subject = `${step.method} ${step.path}`;
  const expected = [
    `status ${step.status}`,
    ...(step.contains === null ? [] : [`the text "${step.contains}"`]),
    ...Object.keys(step.keep),
  ].join(', ');
  const fail = (found: string) =>
    judged(
      'smoke',
      step.name,
      `${subject}: ${expected}`,
      found,
      false,
      'See verify.smoke in infrastructure/toolbox.yaml, and the logs: nx compose-logs infrastructure',
    );
  const missing = unknownNames(step, values);
  if (missing.length > 0) return fail(`no value for ${missing.map((name) => `\${${name}}`).join(', ')}`);
  const fill = (text: string) => filled(text, values);
  let answer: Answer;
  try {
    answer = await ask({
      method: step.method,
      url: new URL(fill(step.path), base).href,
      headers: Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, fill(value)])),
      body: step.json === undefined ? undefined : JSON.stringify(mapTexts(step.json, fill)),
    });
  } catch (error) {
    return fail(`no answer (${(error as Error).message})`);
  }
  if (answer.status !== step.status) return fail(`status ${answer.status}`);
  if (step.contains !== null && !answer.text.includes(step.contains))
    return fail(`status ${answer.status} without that text`);
  for (const [name, pointer] of Object.entries(step.keep)) {
    const value = valueAt(answer.text, pointer);
    if (value === null) return fail(`status ${answer.status}, and nothing at ${pointer} for ${name}`);
    values.kept.set(name, value);
  }
  return judged('smoke', step.name, `${subject}: ${expected}`, `status ${answer.status}`, true, '');
}

const reference = /\$\{(env:)?([A-Za-z_]\w*)\}/g;

function valueOf(isEnv: boolean, name: string, { kept, env }: Values): string | undefined {
  return isEnv ? env[name] : kept.get(name);
}

function filled(text: string, values: Values): string {
  return text.replace(
    reference,
    (_, env: string | undefined, name: string) => valueOf(env !== undefined, name, values) ?? '',
  );
}

function unknownNames(step: SmokeStep, values: Values): readonly string[] {
  const text = JSON.stringify([step.path, step.headers, step.json ?? null]);
  return [...text.matchAll(reference)]
    .filter(([, env, name]) => valueOf(env !== undefined, name!, values) === undefined)
    .map(([, env, name]) => `${env ?? ''}${name}`);
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

/** What a JSON pointer (RFC 6901) finds, as text; null for nothing, an object or a list. */
function valueAt(text: string, pointer: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[part.replace(/~1/g, '/').replace(/~0/g, '~')];
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}
