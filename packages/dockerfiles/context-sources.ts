import { posix } from 'node:path';
import type { Dockerfile, Instruction } from './parse-dockerfile';

/** A path of the build context that an instruction reads. */
export interface ContextSource {
  /** Relative to the context, POSIX, normalised; wildcards as written; `.` is the whole context. */
  readonly path: string;
  readonly line: number;
}

/**
 * Everything of the build context that can reach the image: sources of COPY and ADD, and bind mounts of RUN, that do not come
 * from another stage. A path with a variable may be any path (`--build-arg` decides), so it counts as the whole context.
 */
export function contextSources(dockerfile: Dockerfile): ContextSource[] {
  return dockerfile.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction) =>
      sourcesOf(onBuild(instruction)).map((path) => ({ path: normalise(path), line: instruction.line })),
    ),
  );
}

/** `ONBUILD COPY x y` is a COPY of the stage that is built from this one. */
function onBuild(instruction: Instruction): Instruction {
  if (instruction.name !== 'ONBUILD') return instruction;
  const [name = '', ...words] = instruction.words;
  const flags = words.filter((word) => word.startsWith('--')).map((word) => flagOf(word));
  return {
    ...instruction,
    name: name.toUpperCase(),
    flags,
    words: words.filter((word) => !word.startsWith('--')),
  };
}

function flagOf(word: string): { name: string; value: string } {
  const [name = '', ...value] = word.slice(2).split('=');
  return { name, value: value.join('=') };
}

function sourcesOf({ name, flags, words }: Instruction): string[] {
  if (name === 'RUN')
    return flags.filter((flag) => flag.name === 'mount').flatMap(({ value }) => bindSource(value));
  if (name !== 'COPY' && name !== 'ADD') return [];
  if (flags.some((flag) => flag.name === 'from')) return [];
  return words.slice(0, -1).filter((word) => !word.startsWith('<<') && !isRemote(name, word));
}

/** `--mount=type=bind,source=package.json,target=…`: bind is the default type, the whole context the default source. */
export function bindSource(mount: string): string[] {
  const keys = new Map(
    mount.split(',').map((part) => {
      const [key = '', ...value] = part.split('=');
      return [key.toLowerCase(), value.join('=')] as const;
    }),
  );
  if ((keys.get('type') ?? 'bind') !== 'bind' || keys.has('from')) return [];
  return [keys.get('source') ?? keys.get('src') ?? '.'];
}

function isRemote(name: string, word: string): boolean {
  return name === 'ADD' && /^(https?:\/\/|git:\/\/|ssh:\/\/|git@)/i.test(word);
}

function normalise(path: string): string {
  if (/(^|[^\\])\$/.test(path)) return '.';
  const inside = posix
    .normalize(`/${path.replace(/\\\$/g, '$')}`)
    .slice(1)
    .replace(/\/$/, '');
  return inside === '' ? '.' : inside;
}
