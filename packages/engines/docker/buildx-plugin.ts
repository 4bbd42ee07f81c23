import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const windows = process.platform === 'win32';

/** Where the docker client looks for its plugins, in its order: https://docs.docker.com/build/install-buildx/ and the client's own source. */
export function pluginFolders(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const config = env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const system = windows
    ? [env['ProgramData'], env['ProgramFiles']].flatMap((folder) => (folder ? [join(folder, 'Docker')] : []))
    : ['/usr/local/lib/docker', '/usr/local/libexec/docker', '/usr/lib/docker', '/usr/libexec/docker'];
  return [
    join(config, 'cli-plugins'),
    ...extraFolders(join(config, 'config.json')),
    ...system.map((folder) => join(folder, 'cli-plugins')),
  ];
}

/**
 * The plugin as a program of its own, or null. Started directly it saves a process: the client would start it twice, once to ask what it is.
 */
export function findBuildx(folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = join(folder, windows ? 'docker-buildx.exe' : 'docker-buildx');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

function extraFolders(file: string): readonly string[] {
  try {
    const { cliPluginsExtraDirs: folders } = JSON.parse(readFileSync(file, 'utf8')) as {
      cliPluginsExtraDirs?: unknown;
    };
    return Array.isArray(folders)
      ? folders.filter((folder): folder is string => typeof folder === 'string')
      : [];
  } catch {
    return [];
  }
}
