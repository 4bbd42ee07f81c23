import { devEnvironment } from './backing';
import { parseBudget, type BudgetText } from './budget';
import { checkServiceDescription } from './check-description';
import { listChoices, suggest } from './choices';
import { DescriptionError, type Problem } from './description-error';
import { mergeEnvironment } from './environment';
import { normaliseContainerPath } from './paths';
import { parseRange } from './quantity';
import { resolveBuild } from './resolve-build';
import { nextFree, resolveUid } from './resolve-uid';
import type { ServiceDescription } from './service.gen';
import { slugOf } from './slug';
import type {
  BaseFamily,
  Budget,
  Probe,
  ProjectFacts,
  RuntimeDefaults,
  Service,
  ServiceRole,
  Stack,
} from './types';

/** Another service of the workspace: what its description says of the numbers that must differ between services. */
export interface OtherService {
  readonly name: string;
  readonly uid?: number;
  readonly port?: number;
}

/** Seconds that a start may take where the description names none. */
const startSeconds = 30;

/**
 * Completes a service's description. `runtime` are the defaults of the runtime that the description names; `others` are
 * the other services of the workspace (the service itself may be among them). With `environment`, what the description says for
 * that environment is merged over the rest.
 * @throws DescriptionError with every problem, each with the file and the key.
 */
export function resolveService(
  description: ServiceDescription,
  facts: ProjectFacts,
  stack: Stack,
  runtime: RuntimeDefaults,
  others: readonly OtherService[],
  environment?: string,
): Service {
  const problems: Problem[] = [];
  const file = descriptionFile(facts.root);
  const report = (key: string, message: string) => problems.push({ file, key, message });

  for (const name of Object.keys(description.env ?? {}))
    if (name !== devEnvironment && !stack.environments.includes(name))
      report(
        `env.${name}`,
        `${name} is not an environment of the stack. ${suggest(name, stack.environments)}`,
      );
  if (
    environment !== undefined &&
    environment !== devEnvironment &&
    !stack.environments.includes(environment)
  )
    report(
      'env',
      `${environment} is not an environment of the stack. ${suggest(environment, stack.environments)}`,
    );
  const merged = mergeEnvironment(description, environment);
  for (const { key, message } of checkServiceDescription(description)) report(key, message);

  const rest = others.filter(({ name }) => name !== facts.name);
  const slug = slugOf(facts.name);
  const base = resolveBase(merged, stack, runtime, report);
  const uid = resolveUid(facts.name, merged.uid, rest, stack.defaults.uidStart);
  if (uid === null) report('uid', 'no user id is free up to 65533. Lower uidStart of the stack');
  const userOfUid = rest.find((other) => other.uid !== undefined && other.uid === merged.uid);
  if (userOfUid) report('uid', `${merged.uid} is the user id of ${userOfUid.name} already`);
  if (merged.calls?.includes(facts.name)) report('calls', `${facts.name} is this service itself. Remove it`);
  const service: Service = {
    name: facts.name,
    slug,
    root: facts.root,
    ...(merged.description === undefined ? {} : { description: merged.description }),
    runtime: merged.runtime,
    runtimeVersion: resolveVersion(merged, facts, runtime, report),
    base,
    image: { repository: merged.image?.repository ?? defaultRepository(stack, slug) },
    port: resolvePort(merged.port, facts, runtime, rest, report),
    uid: uid ?? stack.defaults.uidStart,
    gid: merged.gid ?? uid ?? stack.defaults.uidStart,
    health: {
      live: probeOf(merged.health?.live) ?? facts.detected?.live ?? runtime.health.live,
      ready: probeOf(merged.health?.ready) ?? facts.detected?.ready ?? runtime.health.ready,
      startSeconds: secondsOf(merged.health?.start ?? startSeconds),
    },
    uses: sorted(merged.uses ?? []),
    calls: sorted(merged.calls ?? []),
    outside: [...(merged.outside ?? [])].sort((a, b) => a - b),
    expose: merged.expose
      ? {
          host: merged.expose.host,
          path: merged.expose.path ?? '/',
          webSocket: merged.expose.webSocket ?? false,
          rateLimit: merged.expose.rateLimit ?? null,
          stripPath: merged.expose.stripPath ?? false,
        }
      : null,
    proxy: { tls: false, bodyLimit: '10m', timeout: '60s', ...merged.proxy },
    roles: resolveRoles(merged, runtime, report),
    resources: {
      cpu: parseRange(merged.resources?.cpu ?? '100m..1'),
      memory: parseRange(merged.resources?.memory ?? '128Mi..512Mi'),
    },
    scale: resolveScale(merged.scale ?? {}),
    writes: sorted([...new Set((merged.writes ?? runtime.writes).map(normaliseContainerPath))]),
    budget: resolveBudget(merged.budget, merged.runtime, base, stack, runtime),
    slo: merged.slo ? { availability: merged.slo.availability, latency: { ...merged.slo.latency } } : null,
    settings: textsOf({ ...runtime.settings, ...facts.detected?.settings, ...merged.settings }),
    secrets: sorted(merged.secrets ?? []),
    build: resolveBuild(merged.build ?? {}, facts, runtime, report),
    environments: Object.keys(description.env ?? {}).sort(),
  };
  if (problems.length > 0) throw new DescriptionError(problems);
  return service;
}

/** Where the description of a project lies, relative to the workspace root. */
export function descriptionFile(root: string): string {
  return root === '' || root === '.' ? 'toolbox.yaml' : `${root}/toolbox.yaml`;
}

type Report = (key: string, message: string) => void;

function resolveBase(
  { base, runtime: name }: ServiceDescription,
  stack: Stack,
  runtime: RuntimeDefaults,
  report: Report,
): BaseFamily {
  if (base !== undefined) {
    if (!runtime.bases.includes(base))
      report('base', `${base} is not a base of ${name}. Use ${listChoices(runtime.bases)}.`);
    return base;
  }
  const wanted = stack.defaults.base;
  return runtime.bases.includes(wanted) ? wanted : (runtime.bases[0] ?? wanted);
}

function resolveVersion(
  { version, runtime: name }: ServiceDescription,
  facts: ProjectFacts,
  runtime: RuntimeDefaults,
  report: Report,
): string {
  const { runtimeVersions: choices } = runtime;
  if (version !== undefined) {
    if (!choices.includes(String(version)))
      report('version', `${version} is not a version of ${name}. Use ${listChoices(choices)}.`);
    return String(version);
  }
  const detected = facts.detected?.runtimeVersion;
  return detected !== undefined && choices.includes(detected) ? detected : runtime.runtimeVersion;
}

/** The roles that the description chooses, in its order; all of the runtime's where it chooses none. */
function resolveRoles(
  { roles, runtime: name }: ServiceDescription,
  runtime: RuntimeDefaults,
  report: Report,
): readonly ServiceRole[] {
  const known = runtime.roles ?? [];
  if (roles === undefined) return known;
  if (known.length === 0) {
    report('roles', `the runtime ${name} has no roles. Remove it`);
    return [];
  }
  return roles.flatMap((role, at) => {
    const found = known.find((candidate) => candidate.name === role);
    if (!found)
      report(
        `roles[${at}]`,
        `${role} is not a role of ${name}. ${suggest(
          role,
          known.map((candidate) => candidate.name),
        )}`,
      );
    return found ? [found] : [];
  });
}

/** A port that nobody chose gives way to one that somebody did. */
function resolvePort(
  port: number | undefined,
  facts: ProjectFacts,
  runtime: RuntimeDefaults,
  others: readonly OtherService[],
  report: Report,
): number {
  const taken = new Set(others.map((other) => other.port));
  const wanted = port ?? facts.detected?.port ?? runtime.port;
  const free = nextFree(wanted, taken, 65535) ?? nextFree(1024, taken, 65535) ?? wanted;
  if (port === undefined) return free;
  const user = others.find((other) => other.port === port);
  if (user) report('port', `${port} is the port of ${user.name} already. ${free} is free`);
  return port;
}

function resolveScale(scale: NonNullable<ServiceDescription['scale']>): Service['scale'] {
  // The side that is not given follows the one that is.
  const min = scale.min ?? Math.min(2, scale.max ?? 2);
  const max = scale.max ?? Math.max(10, min);
  return { min, max, cpu: scale.cpu ?? 70, memory: scale.memory ?? 80 };
}

function resolveBudget(
  budget: BudgetText | undefined,
  name: string,
  base: BaseFamily,
  stack: Stack,
  runtime: RuntimeDefaults,
): Budget {
  const { budgets, budget: fromOptions } = stack.defaults;
  const fromStack = Object.hasOwn(budgets, name) ? budgets[name] : undefined;
  return parseBudget(budget ?? fromStack ?? fromOptions ?? runtime.budgets[base]);
}

function defaultRepository(stack: Stack, slug: string): string {
  return stack.registry === '' ? `${stack.name}/${slug}` : `${stack.registry}/${slug}`;
}

function probeOf(text: string | undefined): Probe | null {
  if (text === undefined) return null;
  return text === 'tcp' ? { kind: 'tcp' } : { kind: 'http', path: text };
}

function secondsOf(time: string | number): number {
  if (typeof time === 'number') return time;
  return Number(time.slice(0, -1)) * (time.endsWith('m') ? 60 : 1);
}

function textsOf(settings: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  const names = Object.keys(settings).sort();
  return Object.fromEntries(names.map((name) => [name, String(settings[name])]));
}

function sorted<T extends string>(values: readonly T[]): readonly T[] {
  return [...values].sort();
}
