import type { HistoryEntry, ImageConfig } from '../descriptor';
import type { Finding } from '../finding';
import { findSecrets } from './secret-detection';
import { isSecretSetting } from './text-rules';

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
  return [
    ...judgeUser(run.User ?? ''),
    ...judgeHealth(run.Healthcheck),
    ...judgeBase(base),
    ...(await judgeSettings(
      'secret-in-env',
      'environment variable',
      settingsOf(run.Env ?? []),
      'Give it to the container when it starts, as a file.',
    )),
    ...(await judgeSettings(
      'secret-in-label',
      'label',
      Object.entries(run.Labels ?? {}),
      'Labels are for everybody: leave it out.',
    )),
    ...(await judgeHistory(config.history ?? [])),
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

async function secretIn(name: string, value: string): Promise<string | null> {
  if (isSecretSetting(name, value)) return `a value of ${value.length} characters that its name calls secret`;
  const [match] = await findSecrets('value', value);
  return match ? `what looks like a secret (${match.what})` : null;
}

/** Build arguments stand before the command of each RUN: `RUN |2 NAME=value OTHER=value /bin/sh -c …`; defaults in ARG. */
async function judgeHistory(history: readonly HistoryEntry[]): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  for (const [at, { created_by: command = '', comment = '' }] of history.entries()) {
    const where = `history, step ${at + 1} of ${history.length}`;
    const names = new Set<string>();
    for (const [name, value] of settingsIn(command)) {
      const what = isSecretSetting(name, value)
        ? 'a value that its name calls secret'
        : (await findSecrets('value', value)).length > 0
          ? 'what looks like a secret'
          : null;
      if (what === null) continue;
      names.add(name);
      const argument = isArgument(command, name);
      const id = argument ? 'secret-in-build-argument' : 'secret-in-history';
      const kind = argument ? 'build argument' : 'setting';
      // The same argument stands before every RUN that follows.
      if (!findings.has(`${id} ${name}`))
        findings.set(
          `${id} ${name}`,
          about(id, 'critical', `The ${kind} ${name}=*** (${where}) holds ${what}.`, `${rotate}${mountIt}`),
        );
    }
    const matches = await findSecrets('history', `${command}\n${comment}`);
    if (names.size === 0 && matches.length > 0)
      findings.set(
        where,
        about(
          'secret-in-history',
          'critical',
          `The command of ${where} holds what looks like a secret (${matches[0]!.what}).`,
          `${rotate}${mountIt}`,
        ),
      );
  }
  return [...findings.values()];
}

const mountIt = 'Mount it in the build: RUN --mount=type=secret.';

/** `NAME=value` anywhere in a command, quoted or not, `--name=value` and `--name value` of programs included. */
function settingsIn(command: string): [string, string][] {
  const pattern =
    /(?:^|[\s;&|(])(?:--?)?([A-Za-z_][A-Za-z0-9_.-]*)(?:=|(?<=--[A-Za-z0-9_.-]+)\s+)(?:"([^"]*)"|'([^']*)'|([^\s;&|)]+))/g;
  return [...command.matchAll(pattern)].map(([, name = '', double, single, plain]) => [
    name,
    double ?? single ?? plain ?? '',
  ]);
}

function isArgument(command: string, name: string): boolean {
  if (/^(?:\/bin\/sh -c #\(nop\)\s+)?ARG\s/.test(command)) return true;
  const [, head = ''] = /^(?:RUN )?\|\d+ (.*?)(?:\/bin\/|\/usr\/|$)/s.exec(command) ?? [];
  return head.includes(`${name}=`);
}
