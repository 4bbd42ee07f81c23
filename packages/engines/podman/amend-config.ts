import { stageChain } from '../../dockerfiles/base-image';
import type { Dockerfile, Instruction } from '../../dockerfiles/parse-dockerfile';
import { written } from '../../dockerfiles/plain-dockerfile';
import type { BuildRequest } from '../engine';

type Json = Readonly<Record<string, unknown>>;

/** What an image's configuration holds; podman adds the container that it was built in. */
const kept = ['architecture', 'variant', 'os', 'created', 'author', 'config', 'rootfs', 'history'];
const keptSettings = [
  ...['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels'],
  ...['StopSignal', 'Healthcheck', 'Shell', 'OnBuild'],
];

/**
 * Makes of the configuration that podman writes the one that BuildKit writes: without names of the machine, with the start interval of the health
 * check, which Buildah does not know, and with the Dockerfile's own instructions as history.
 */
export function amendConfig(
  config: Json,
  dockerfile: Dockerfile,
  { target, buildArgs }: Pick<BuildRequest, 'target' | 'buildArgs'>,
): Json {
  const own = [...stageChain(dockerfile, target, buildArgs)]
    .reverse()
    .flatMap(({ instructions }) => instructions)
    .filter(({ name }) => name !== 'ONBUILD');
  const settings = pick(config['config'] as Json, keptSettings);
  const interval = startInterval(own);
  const health = settings['Healthcheck'] as Json | undefined;
  return {
    ...pick(config, kept),
    config:
      health && interval !== null
        ? { ...settings, Healthcheck: { ...health, StartInterval: interval } }
        : settings,
    history: amendHistory(config['history'] as readonly Json[] | undefined, own),
  };
}

/** Only what says something: Docker leaves out what is empty. */
function pick(from: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.filter((name) => !isEmpty(from[name])).map((name) => [name, from[name]]));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Podman writes an entry for every instruction, as BuildKit does; its words are hashes, and names of images that are gone. */
function amendHistory(history: readonly Json[] | undefined, own: readonly Instruction[]): readonly Json[] {
  const entries = history ?? [];
  const inherited = entries.length - own.length;
  if (inherited < 0) return entries;
  return entries.map(({ comment, ...entry }, at) => {
    const instruction = own[at - inherited];
    return instruction
      ? { ...entry, created_by: textOf(instruction) }
      : { ...entry, ...(comment === undefined ? {} : { comment }) };
  });
}

/** An instruction on one line, as written. */
export function textOf(instruction: Instruction): string {
  return written(instruction).replaceAll('--link=true', '--link').replace(/\s+/g, ' ').trim();
}

/** Nanoseconds, of the health check in force; null where it names none. */
function startInterval(instructions: readonly Instruction[]): number | null {
  const check = instructions.findLast(({ name }) => name === 'HEALTHCHECK');
  const value = check?.flags.find(({ name }) => name === 'start-interval')?.value;
  return value === undefined ? null : nanoseconds(value);
}

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `1m30s`, as Go reads a duration. */
function nanoseconds(duration: string): number {
  const parts = duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0);
}
