import type { BuildRequest } from '../engine';

/** Files of one build that `request` does not name; paths are absolute. */
export interface BuildFiles {
  /** The Dockerfile as podman reads it. */
  readonly dockerfile: string;
  readonly ignoreFile: string | null;
  /** Additional build contexts: name -> folder. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Receives the id of the image. */
  readonly idFile: string;
}

/** Arguments of `podman build`. */
export function buildArguments(request: BuildRequest, files: BuildFiles): string[] {
  // The OCI format has no health check and no shell; the label names podman's version.
  const args = ['build', '--format', 'docker', '--layers', '--identity-label=false'];
  args.push('--timestamp', String(request.sourceDateEpoch));
  args.push('--file', files.dockerfile, '--iidfile', files.idFile);
  if (files.ignoreFile) args.push('--ignorefile', files.ignoreFile);
  for (const [name, folder] of sorted(files.contexts)) args.push('--build-context', `${name}=${folder}`);
  for (const [name, value] of sorted(request.buildArgs)) args.push('--build-arg', `${name}=${value}`);
  for (const [name, value] of sorted(request.labels)) args.push('--label', `${name}=${value}`);
  for (const { id, file } of request.secrets) args.push('--secret', `id=${id},src=${file}`);
  for (const platform of request.platforms) args.push('--platform', platform);
  if (request.target) args.push('--target', request.target);
  if (request.noCache) args.push('--no-cache');
  return [...args, request.context];
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
