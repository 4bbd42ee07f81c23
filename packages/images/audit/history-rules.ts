import type { HistoryEntry } from '../descriptor';
import type { Finding } from '../finding';
import { findSecrets, secretIn } from './secret-detection';

type Setting = readonly [name: string, value: string];

const fix =
  'Replace the secret: it has to be taken as known. Mount it in the build: RUN --mount=type=secret.';

/**
 * Judges the commands that built an image. BuildKit writes build arguments before the command of each RUN that they reach:
 * `RUN |2 NAME=value OTHER=value /bin/sh -c …`; their defaults stand in ARG.
 * @param known settings that the image's configuration has; the ENV and LABEL that made them say nothing new
 */
export async function judgeHistory(
  history: readonly HistoryEntry[],
  known: readonly Setting[],
): Promise<Finding[]> {
  const reported = new Set(known.map(([name, value]) => `${name}=${value}`));
  const findings: Finding[] = [];
  for (const [at, { created_by: command = '', comment = '' }] of history.entries()) {
    const where = `history, step ${at + 1} of ${history.length}`;
    let rest = `${command}\n${comment}`;
    for (const [name, value] of settingsIn(command)) {
      const what = await secretIn(name, value);
      if (what === null) continue;
      rest = rest.replaceAll(value, '***');
      // The same argument stands before every RUN that follows.
      if (reported.has(`${name}=${value}`)) continue;
      reported.add(`${name}=${value}`);
      const argument = isArgument(command, name);
      findings.push(
        about(
          argument ? 'secret-in-build-argument' : 'secret-in-history',
          `The ${argument ? 'build argument' : 'setting'} ${name}=*** (${where}) holds ${what}.`,
        ),
      );
    }
    const [match] = await findSecrets('history', rest);
    if (match)
      findings.push(
        about('secret-in-history', `The command of ${where} holds what looks like a secret (${match.what}).`),
      );
  }
  return findings;
}

/** A command of an image's history as it may be shown: values that are secrets are left out; where one stands without a name, the whole command is. */
export async function withoutSecrets(command: string): Promise<string> {
  let shown = command;
  for (const [name, value] of settingsIn(command))
    if ((await secretIn(name, value)) !== null) shown = shown.replaceAll(value, '***');
  return (await findSecrets('history', shown)).length === 0 ? shown : '*** (holds what looks like a secret)';
}

function about(id: string, why: string): Finding {
  return { id, severity: 'critical', layer: null, path: null, why, fix };
}

/** `NAME=value` anywhere in a command, quoted or not, `--name=value` and `--name value` of programs included. */
function settingsIn(command: string): Setting[] {
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
