import { DockerCli } from '../engines/docker/docker-cli';
import { pluginFolders } from '../engines/docker/buildx-plugin';
import { EngineError } from '../engines/engine';
import { openEngine } from '../engines/engines';
import { missing, ok, problem, problemOf, type Check } from './check';

export interface EngineFacts {
  readonly engine: 'docker' | 'podman';
  /** Name of the builder that the options choose, or null. */
  readonly builder: string | null;
  /** Platforms that images are built for, e.g. `linux/arm64`; none: that of the machine. */
  readonly platforms: readonly string[];
  /** Folders that are searched for buildx. Default: the docker client's own. */
  readonly pluginFolders?: readonly string[];
}

/** Milliseconds for one question; an engine that takes longer does not answer. */
const timeoutMs = 30_000;

/** Does the engine answer, and can it build, and start stacks? Podman builds by itself; stacks are started by Docker. */
export function engineChecks({
  engine,
  builder,
  platforms,
  pluginFolders: folders = pluginFolders(),
}: EngineFacts): readonly Check[] {
  const docker = new DockerCli(folders);
  return [
    () => answers(engine),
    ...(engine === 'docker' ? [() => builds(docker, builder, platforms)] : []),
    () => startsStacks(docker),
  ];
}

async function answers(name: EngineFacts['engine']) {
  try {
    const { version, store } = await openEngine(name).info();
    return ok('engine', `${name} ${version}${name === 'docker' ? `, ${store} image store` : ''}`);
  } catch (error) {
    return problemOf('engine', error);
  }
}

async function builds(docker: DockerCli, builder: string | null, platforms: readonly string[]) {
  try {
    const { code, stdout, stderr } = await docker.buildx(
      ['inspect', ...(builder === null ? [] : [builder])],
      {
        timeoutMs,
      },
    );
    if (code !== 0)
      return problem(
        'buildx',
        `The builder ${builder ?? 'of this machine'} cannot be used: ${lastLine(stderr)}.`,
        builder === null
          ? 'Start the engine.'
          : `Make it with: docker buildx create --name ${builder}, or change the option builder.`,
      );
    const known = stdout
      .split('\n')
      .filter((line) => line.startsWith('Platforms:'))
      .flatMap((line) => line.slice('Platforms:'.length).split(','))
      .map((platform) => platform.trim().replace('*', ''));
    const lacking = platforms.filter((platform) => !known.includes(platform));
    if (lacking.length > 0)
      return problem(
        'buildx',
        `The builder does not build for ${lacking.join(', ')}, only for ${known.join(', ')}.`,
        'Install the emulation (QEMU, binfmt), or name a builder that has these platforms.',
      );
    return ok('buildx', `builds for ${known.join(', ')}`);
  } catch (error) {
    return problemOf('buildx', error);
  }
}

async function startsStacks(docker: DockerCli) {
  const fix = 'Install the plugin docker-compose (Compose 2.24 or later); compose-* and verify need it.';
  try {
    const { code, stdout } = await docker.run(['compose', 'version', '--short'], { timeoutMs });
    return code === 0
      ? ok('compose', `Compose ${stdout.trim()}`)
      : missing('compose', 'Docker has no Compose.', fix);
  } catch (error) {
    if (error instanceof EngineError) return missing('compose', 'There is no docker client.', fix);
    throw error;
  }
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^ERROR: /, '')
      .replace(/\.$/, '') || 'it gave no reason'
  );
}
