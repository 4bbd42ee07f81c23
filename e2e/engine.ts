import { execFileSync, spawnSync } from 'node:child_process';

/** The real docker client, as `tools/engine` put it first in PATH. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).trim();
}

/** Like `docker`, for calls that may fail. */
export function tryDocker(...args: readonly string[]): { code: number | null; output: string } {
  const ran = spawnSync('docker', args, { encoding: 'utf8' });
  return { code: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string } };
  readonly Config: {
    readonly User: string;
    readonly Image: string;
    readonly Cmd: readonly string[] | null;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Privileged: boolean;
  };
}

/** The running containers that `docker-run` started for a project, newest first. */
export function containersOf(project: string): readonly Inspected[] {
  const ids = docker('ps', '-q', '--filter', `label=io.toolbox.project=${project}`)
    .split('\n')
    .filter(Boolean);
  return ids.length === 0 ? [] : (JSON.parse(docker('inspect', ...ids)) as Inspected[]);
}

/** Removes what a suite left: containers of its projects and their images. */
export function removeContainersOf(...projects: readonly string[]): void {
  for (const project of projects) {
    const ids = docker('ps', '-aq', '--filter', `label=io.toolbox.project=${project}`)
      .split('\n')
      .filter(Boolean);
    if (ids.length > 0) docker('rm', '-f', ...ids);
  }
}

/**
 * Removes images by name, e.g. `acme/api` or `acme/batch-*`. Not by id: an image that only goes by such a name too, as the base does in some tests,
 * keeps its others.
 */
export function removeImagesNamed(pattern: string): void {
  const names = docker(
    'images',
    '--format',
    '{{.ID}} {{.Repository}}:{{.Tag}}',
    '--filter',
    `reference=${pattern}`,
  )
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id, name] = line.split(' ');
      return name?.endsWith(':<none>') ? id : name;
    })
    .filter((name) => name !== undefined);
  if (names.length > 0) docker('rmi', '-f', ...new Set(names));
}

/** What is left of a Compose project, as `list` names it, e.g. `ps -aq`. */
export function leftOfCompose(project: string, list: readonly string[]): readonly string[] {
  return docker(...list, '--filter', `label=com.docker.compose.project=${project}`)
    .split('\n')
    .filter(Boolean);
}

/** Removes the containers, networks and volumes of a Compose project. */
export function removeComposeProject(project: string): void {
  for (const [list, remove] of [
    [
      ['ps', '-aq'],
      ['rm', '-f'],
    ],
    [
      ['network', 'ls', '-q'],
      ['network', 'rm'],
    ],
    [
      ['volume', 'ls', '-q'],
      ['volume', 'rm'],
    ],
  ] as const) {
    const ids = leftOfCompose(project, list);
    if (ids.length > 0) tryDocker(...remove, ...ids);
  }
}

/** The address on the host where a container's port is published, e.g. `127.0.0.1:3000`. */
export function addressOf(container: string): string {
  const line = docker('port', container).split('\n')[0] ?? '';
  return line.split(' -> ')[1] ?? '';
}
