import type { ImageConfig } from '../descriptor';
import type { Finding } from '../finding';
import { judgeHistory } from './history-rules';
import { secretIn } from './secret-detection';

/** The part of an image's configuration that is judged (OCI image specification, "config"; health checks are Docker's own addition). */
interface RunConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] } | null;
}

const rotate = 'Replace the secret: it has to be taken as known. ';

/** What the configuration and the history of an image say. */
export async function judgeConfig(
  config: ImageConfig,
  base: { name: string; digest: string | null },
): Promise<Finding[]> {
  const run = (config.config ?? {}) as RunConfig;
  const env = settingsOf(run.Env ?? []);
  const labels = Object.entries(run.Labels ?? {});
  return [
    ...judgeUser(run.User ?? ''),
    ...judgeHealth(run.Healthcheck),
    ...judgeBase(base),
    ...(await judgeSettings(
      'secret-in-env',
      'environment variable',
      env,
      'Give it to the container when it starts, as a file.',
    )),
    ...(await judgeSettings('secret-in-label', 'label', labels, 'Labels are for everybody: leave it out.')),
    ...(await judgeHistory(config.history ?? [], [...env, ...labels])),
  ];
}

function about(id: string, severity: Finding['severity'], why: string, fix: string): Finding {
  return { id, severity, layer: null, path: null, why, fix };
}

/** `user[:group]`; what is empty, 0 or root runs as root. */
function judgeUser(value: string): Finding[] {
  const [user = '', group] = value.split(':');
  const fix = 'Set a user by its number, e.g. USER 1001:1001.';
  if (user === '') return [about('user-missing', 'high', 'The image names no user: it runs as root.', fix)];
  const findings: Finding[] = [];
  if (isRoot(user)) findings.push(about('user-root', 'high', 'The image runs as root.', fix));
  else if (!isNumber(user))
    findings.push(
      about(
        'user-by-name',
        'low',
        `The image's user is a name: Kubernetes' runAsNonRoot cannot tell that it is not root.`,
        fix,
      ),
    );
  if (group !== undefined && isRoot(group) && !isRoot(user))
    findings.push(
      about('group-root', 'low', "The image's group is root: files of that group are open to it.", fix),
    );
  else if (group !== undefined && !isNumber(group))
    findings.push(
      about('group-by-name', 'info', "The image's group is a name; a number says the same everywhere.", fix),
    );
  return findings;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function isRoot(text: string): boolean {
  return text === 'root' || (isNumber(text) && Number(text) === 0);
}

function judgeHealth(check: RunConfig['Healthcheck']): Finding[] {
  if (check?.Test && check.Test.length > 0 && check.Test[0] !== 'NONE') return [];
  return [
    about(
      'health-missing',
      'low',
      'The image has no health check: the engine takes a process that hangs for a healthy one.',
      'Add a HEALTHCHECK, or health to toolbox.yaml.',
    ),
  ];
}

function judgeBase({ name, digest }: { name: string; digest: string | null }): Finding[] {
  if (name === 'scratch' || name.includes('@sha256:')) return [];
  const now = digest === null ? '' : ` (now ${digest})`;
  return [
    about(
      'base-unpinned',
      'low',
      `The base ${name} is named by a tag${now}: another day the same Dockerfile builds on other bytes.`,
      `Name its digest: FROM ${name}${digest === null ? '@sha256:…' : `@${digest}`}.`,
    ),
  ];
}

function settingsOf(env: readonly string[]): [string, string][] {
  return env.map((line) => {
    const equals = line.indexOf('=');
    return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
  });
}

async function judgeSettings(
  id: string,
  kind: string,
  settings: readonly (readonly [string, string])[],
  fix: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, value] of settings) {
    const what = await secretIn(name, value);
    if (what !== null)
      findings.push(about(id, 'critical', `The ${kind} ${name}=*** holds ${what}.`, `${rotate}${fix}`));
  }
  return findings;
}
