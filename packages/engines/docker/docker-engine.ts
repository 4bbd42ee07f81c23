import { clientCommands, type EngineClient } from '../client-commands';
import { EngineError, type Engine, type EngineInfo } from '../engine';
import type { StartDialect } from '../start-arguments';
import { pluginFolders } from './buildx-plugin';
import { containerState } from './container-state';
import { dockerBuild, saveImage } from './docker-build';
import { DockerCli } from './docker-cli';
import { dockerError, isInterrupted, leastVersion } from './docker-problems';
import { StoreMemory } from './store-memory';

export interface DockerEngineOptions {
  /** JSON file that keeps what was learnt about engines between runs. Default: nothing is kept. */
  readonly memoryFile?: string;
  /** Folders that are searched for buildx. Default: the docker client's own. */
  readonly pluginFolders?: readonly string[];
}

const dialect: StartDialect = {
  readOnly: ['--read-only'],
  tmpfsOwner(user) {
    const [uid = '', gid = uid] = user.split(':');
    // Only numbers can own a tmpfs; a name would have to be looked up inside the image.
    return /^\d+$/.test(uid) ? `uid=${uid},gid=${gid}` : 'mode=1777';
  },
};

const says: EngineClient['says'] = {
  noImage: /no such image|not found/i,
  noContainer: /no such container/i,
  noContainerToRemove: /no such container|already in progress/i,
  nameTaken: /is already in use by container/,
  portTaken: /port is already allocated|address already in use|bind: /i,
};

/** Docker through its own client: what works in the user's terminal (contexts, DOCKER_HOST, credentials) works here. */
export function dockerEngine(options: DockerEngineOptions = {}): Engine {
  const cli = new DockerCli(options.pluginFolders ?? pluginFolders());
  const memory = new StoreMemory(options.memoryFile ?? null);
  let known: Promise<EngineInfo> | undefined;
  const info = () => (known ??= readInfo(cli));

  return {
    ...clientCommands({ cli, dialect, error: dockerError, says }),
    name: 'docker',
    info,
    build: (request) => dockerBuild(request, { cli, memory, info }),
    async findImage(digest, configDigest) {
      // The containerd store knows an image by the digest of its manifest, the classic one by that of its configuration.
      const { code, stdout, stderr } = await cli.run([
        'image',
        'inspect',
        '--format',
        '{{.Id}}',
        digest,
        configDigest,
      ]);
      const ids = stdout.split('\n').map((line) => line.trim());
      const id = [digest, configDigest].find((wanted) => ids.includes(wanted));
      if (id) return id;
      if (code !== 0 && !says.noImage.test(stderr)) throw dockerError('look for the image', stderr);
      return null;
    },
    async load(archive) {
      const { code, stderr } = await cli.run(['load', '--quiet'], { input: archive });
      if (code === 0) return;
      if (isInterrupted(stderr))
        throw new EngineError(
          'Docker stopped answering while it loaded the image. Start it again and run this again.',
        );
      throw dockerError('load the image', stderr);
    },
    save: (reference) => saveImage(cli, reference),
    async inspectContainer(nameOrId) {
      const { code, stdout, stderr } = await cli.run(['container', 'inspect', nameOrId]);
      if (code === 0) return containerState(stdout);
      if (says.noContainer.test(stderr)) return null;
      throw dockerError(`inspect the container ${nameOrId}`, stderr);
    },
  };
}

/** @throws EngineError where the engine does not answer or is too old */
async function readInfo(cli: DockerCli): Promise<EngineInfo> {
  const [version, status] = await Promise.all([
    cli.run(['version', '--format', '{{.Server.Version}}']),
    cli.run(['info', '--format', '{{json .DriverStatus}}']),
  ]);
  const failed = [version, status].find(({ code }) => code !== 0);
  if (failed) throw dockerError('tell its version', failed.stderr);
  const number = version.stdout.trim();
  if (Number.parseInt(number, 10) < leastVersion)
    throw new EngineError(`Docker ${number} is too old. Install Docker Engine ${leastVersion} or later.`);
  const containerd = status.stdout.includes('io.containerd.snapshotter');
  return { name: 'docker', version: number, store: containerd ? 'containerd' : 'classic' };
}
