import { posix } from 'node:path';
import { canonicalReference } from '../service/image-reference';
import { expand } from './base-image';
import { bindSource } from './context-sources';
import {
  jsonWords,
  parseDockerfile,
  parseInstructions,
  type Dockerfile,
  type Instruction,
} from './parse-dockerfile';

/** A Dockerfile in the language that Buildah reads since 1.28. */
export interface PlainDockerfile {
  /** Same instructions, in the same order. */
  readonly text: string;
  /** How many stages stand before those of the original. */
  readonly addedStages: number;
  /** What its heredocs hold, by path in the build context `heredocContext`. */
  readonly files: ReadonlyMap<string, string>;
}

/** Name of the additional build context with the files of heredocs. */
export const heredocContext = 'toolbox-heredocs';

/** The build context as a stage, for mounts of RUN. */
const contextStage = 'toolbox-context';

/** What has no older form; the message completes `<path of the Dockerfile>:<line>: …`. */
export class DockerfileError extends Error {
  override readonly name = 'DockerfileError';
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Writes a Dockerfile without what only BuildKit knows, so that the image stays the same:
 * - a heredoc of RUN becomes the argument of the stage's shell, as BuildKit itself runs it; one of COPY a file of an additional context;
 * - a bind mount of the build context becomes one of a stage that holds a copy: Buildah's own shows what the ignore file leaves out;
 * - CMD and ENTRYPOINT in shell form name the stage's shell themselves;
 * - `--link` goes: the layers then depend on each other in the cache, their files are the same;
 * - `RUN --network=none` runs with the build's network;
 * - `HEALTHCHECK --start-interval` goes: the caller puts it back into the image's configuration;
 * - names of images are spelt out, since Buildah does not take `node:24` for an image of Docker's registry everywhere.
 * @param buildArgs values for the ARGs before the first FROM
 * @throws DockerfileError for a heredoc that cannot be written so
 */
export function plainDockerfile(
  text: string,
  buildArgs: Readonly<Record<string, string>> = {},
): PlainDockerfile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const files = new Map<string, string>();
  const instructions = parseInstructions(text);
  const mounted = mountedSources(instructions);
  const addedStages = mounted.length > 0 ? 1 : 0;
  const stages = new Stages(parseDockerfile(text), buildArgs, addedStages);
  for (const instruction of instructions) {
    const plain = plainInstruction(instruction, stages, files);
    if (plain === null) continue;
    lines.fill('', instruction.line - 1, instruction.lastLine);
    lines[instruction.line - 1] = plain;
  }
  const first = instructions.find(({ name }) => name === 'FROM');
  if (first && addedStages > 0) {
    const copies = mounted.map((source) => `COPY ${JSON.stringify([source, posix.join('/', source)])}`);
    lines.splice(first.line - 1, 0, `FROM scratch AS ${contextStage}`, ...copies);
  }
  return { text: lines.join('\n'), addedStages, files };
}

/** Paths of the build context that RUN mounts, sorted. */
function mountedSources(instructions: readonly Instruction[]): string[] {
  const runs = instructions.filter(({ name }) => name === 'RUN').flatMap(({ flags }) => flags);
  const sources = runs.filter(({ name }) => name === 'mount').flatMap(({ value }) => bindSource(value));
  // The value of a variable is the build's own business: then all of the context is copied.
  return [...new Set(sources.map((source) => (source.includes('$') ? '.' : source)))].sort();
}

/** Null where the instruction stays as it is written. */
function plainInstruction(
  instruction: Instruction,
  stages: Stages,
  files: Map<string, string>,
): string | null {
  switch (instruction.name) {
    case 'FROM':
      return stages.enter(instruction);
    case 'SHELL':
      stages.shell = instruction.words;
      return null;
    case 'RUN':
      return plainRun(instruction, stages);
    case 'COPY':
    case 'ADD':
      return plainCopy(instruction, stages, files);
    case 'CMD':
    case 'ENTRYPOINT':
      return plainCommand(instruction, stages);
    case 'HEALTHCHECK': {
      const flags = instruction.flags.filter(({ name }) => name !== 'start-interval');
      return flags.length === instruction.flags.length ? null : written({ ...instruction, flags });
    }
    default:
      return null;
  }
}

/** The stages above an instruction: whether a name is one of them, and the shell in force. */
class Stages {
  shell: readonly string[] = defaultShell;
  private readonly shells = new Map<string, readonly string[]>();
  private current: string | null = null;
  private count = 0;

  constructor(
    private readonly dockerfile: Dockerfile,
    private readonly buildArgs: Readonly<Record<string, string>>,
    private readonly added: number,
  ) {}

  enter(from: Instruction): string | null {
    if (this.current !== null) this.shells.set(this.current, this.shell);
    const [image = '', ...rest] = from.words;
    const name = expand(image, this.dockerfile, this.buildArgs);
    this.shell = this.shells.get(name.toLowerCase()) ?? defaultShell;
    const full = this.imageName(name);
    this.current = this.dockerfile.stages[this.count++]?.name ?? null;
    return full === image ? null : written({ ...from, text: [full, ...rest].join(' ') });
  }

  /** In full, unless it names a stage above or nothing at all. */
  imageName(name: string): string {
    if (/^\d+$/.test(name)) return String(Number(name) + this.added);
    const isStage = this.shells.has(name.toLowerCase()) || this.current === name.toLowerCase();
    return isStage || name === 'scratch' || name === '' ? name : canonicalReference(name);
  }
}

const defaultShell = ['/bin/sh', '-c'];

function plainRun(run: Instruction, stages: Stages): string | null {
  const flags = run.flags
    .filter(({ name, value }) => !(name === 'network' && value === 'none'))
    .map((flag) => (flag.name === 'mount' ? { ...flag, value: plainMount(flag.value, stages) } : flag));
  if (run.heredocs.length > 0)
    return written({ ...run, flags, text: JSON.stringify([...stages.shell, scriptOf(run)]) });
  return sameFlags(flags, run.flags) ? null : written({ ...run, flags });
}

/** Buildah heeds SHELL for RUN only. */
function plainCommand(command: Instruction, { shell }: Stages): string | null {
  if (shell === defaultShell || jsonWords(command.text) !== null) return null;
  return written({ ...command, text: JSON.stringify([...shell, command.text]) });
}

/** What the shell gets: the document alone where nothing else stands there, else the command with its documents. */
function scriptOf({ text, heredocs, line }: Instruction): string {
  const [only] = heredocs;
  if (heredocs.length > 1 || !/^<<-?\S+$/.test(text.trim()))
    return `${text}\n${heredocs.map(({ name, content }) => `${content}${name}\n`).join('')}`;
  if (only!.content.startsWith('#!'))
    throw new DockerfileError(
      line,
      'a script with #! in a heredoc needs BuildKit. Write the shell with SHELL, or copy the script from a file.',
    );
  return only!.content;
}

function plainMount(mount: string, stages: Stages): string {
  if (bindSource(mount).length > 0) return `${mount},from=${contextStage}`;
  return mount
    .split(',')
    .map((part) => (part.startsWith('from=') ? `from=${stages.imageName(part.slice('from='.length))}` : part))
    .join(',');
}

function plainCopy(copy: Instruction, stages: Stages, files: Map<string, string>): string | null {
  const flags = copy.flags
    .filter(({ name }) => name !== 'link')
    .map((flag) => (flag.name === 'from' ? { ...flag, value: stages.imageName(flag.value) } : flag));
  if (copy.heredocs.length === 0) return sameFlags(flags, copy.flags) ? null : written({ ...copy, flags });
  if (copy.heredocs.length !== copy.words.length - 1)
    throw new DockerfileError(
      copy.line,
      `${copy.name} of a heredoc together with files needs BuildKit. Write an instruction for each.`,
    );
  const sources = copy.heredocs.map(({ name, quoted, content }) => {
    if (!quoted && content.includes('$'))
      throw new DockerfileError(
        copy.line,
        `variables in a heredoc of ${copy.name} need BuildKit. Quote its name (<<'${name}'), or copy a file.`,
      );
    const path = `${copy.line}/${name}`;
    files.set(path, content);
    return `/${path}`;
  });
  const from = { name: 'from', value: heredocContext };
  return written({ ...copy, flags: [...flags, from], text: [...sources, copy.words.at(-1)].join(' ') });
}

function sameFlags(one: Instruction['flags'], other: Instruction['flags']): boolean {
  return one.length === other.length && one.every(({ value }, at) => value === other[at]!.value);
}

/** An instruction on one line. */
export function written({ name, flags, text }: Pick<Instruction, 'name' | 'flags' | 'text'>): string {
  return [name, ...flags.map((flag) => `--${flag.name}=${flag.value}`), text].join(' ');
}
