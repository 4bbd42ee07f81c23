import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';
import { packageJson } from '../package-json';
import type { BuildTarget } from './build-fact';
import { list, record, text } from './options';

/** A target with its default configuration merged in, and the command line that it runs. Null where there is none. */
export function buildTarget(
  project: ProjectTargets,
  name: string,
  workspace: WorkspaceReader,
): BuildTarget | null {
  const target = project.targets[name];
  if (!target || target.executor === 'nx:noop') return null;
  const defaults = target.defaultConfiguration
    ? target.configurations?.[target.defaultConfiguration]
    : undefined;
  const options: Record<string, unknown> = { ...target.options, ...defaults };
  const script = target.executor === 'nx:run-script' ? (text(options['script']) ?? name) : null;
  return {
    name,
    executor: target.executor ?? 'nx:run-commands',
    command: script
      ? (packageJson(workspace, project.root)?.scripts?.[script] ?? '')
      : commandLine(target.command, options),
    cwd: script ? project.root : workingFolder(options, project),
    options,
    outputs: target.outputs ?? [],
  };
}

function commandLine(command: string | undefined, options: Readonly<Record<string, unknown>>): string {
  const commands = list(options['commands']).map(
    (entry) => text(entry) ?? text(record(entry)['command']) ?? '',
  );
  const args = list(options['args']).map(String);
  return [command ?? text(options['command']) ?? commands.join(' && '), ...args].join(' ').trim();
}

function workingFolder(options: Readonly<Record<string, unknown>>, project: ProjectTargets): string {
  const cwd = text(options['cwd']) ?? '.';
  return posix.normalize(cwd.replace('{projectRoot}', project.root).replace('{workspaceRoot}', '.'));
}
