import type { BuildRequest } from '../engine';
import { fields } from '../fields';

/** Arguments of `docker buildx` for one build; `output` says where to. */
export function buildArguments(request: BuildRequest, output: readonly string[]): string[] {
  const args = ['build', '--file', request.dockerfile, ...output];
  // Attestations hold times and names of machines; without them the same input gives the same digest.
  args.push('--provenance=false', '--sbom=false');
  args.push('--build-arg', `SOURCE_DATE_EPOCH=${request.sourceDateEpoch}`);
  for (const [name, value] of sorted(request.buildArgs)) args.push('--build-arg', `${name}=${value}`);
  for (const [name, value] of sorted(request.labels)) args.push('--label', `${name}=${value}`);
  for (const { id, file } of request.secrets) args.push('--secret', fields([`id=${id}`, `src=${file}`]));
  if (request.platforms.length > 0) args.push('--platform', request.platforms.join(','));
  if (request.builder) args.push('--builder', request.builder);
  if (request.target) args.push('--target', request.target);
  for (const source of request.cacheFrom) args.push('--cache-from', source);
  for (const sink of request.cacheTo) args.push('--cache-to', sink);
  if (request.noCache) args.push('--no-cache');
  args.push('--progress', request.progress === 'tty' ? 'tty' : 'plain');
  return [...args, request.context];
}

/** The layout is written as a folder: blobs that are there already are not sent again. */
export function layoutOutput(layout: string, metadata: string): string[] {
  return ['--output', fields(['type=oci', 'tar=false', `dest=${layout}`]), '--metadata-file', metadata];
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
