import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOverlay } from '../../packages/cluster/render-overlay';
import { findingOfText, type ManifestFinding } from '../../packages/manifests/finding';
import { manifestOf, type Manifest } from '../../packages/manifests/manifest';
import { parseDocuments, type SourceDocument } from '../../packages/manifests/read/parse-documents';
import { traceTo } from '../../packages/manifests/read/trace';
import type { Sources } from './sources';

/** The files of one project, parsed once for all environments. */
export interface Loaded {
  readonly sources: Sources;
  readonly documents: readonly SourceDocument[];
  /** What is wrong with the texts. */
  readonly findings: readonly ManifestFinding[];
}

export function loadSources(root: string, sources: Sources): Loaded {
  const parsed = sources.files.map((file) => parseDocuments(file, readFileSync(join(root, file), 'utf8')));
  return {
    sources,
    documents: parsed.flatMap(({ documents }) => documents),
    findings: parsed.flatMap(({ problems }) => problems.map(findingOfText)),
  };
}

/** The objects of a project in an environment (null: what has no environments). */
export async function manifestsOf(
  root: string,
  { sources, documents }: Loaded,
  environment: string | null,
  isForeign = false,
): Promise<readonly Manifest[]> {
  const folder = (environment === null ? undefined : sources.overlays.get(environment)) ?? sources.base;
  const plain = documents
    .filter(({ file }) => sources.plain.includes(file))
    .map(({ file, value, locate }) =>
      manifestOf(value, (path) => ({ file, line: locate(path).line }), isForeign),
    );
  if (folder === null) return plain;
  const rendered = parseDocuments(folder, await renderOverlay(root, folder));
  // Another environment's patches are not where this one's values come from.
  const near = documents.filter(({ file }) => !/\/overlays\//.test(file) || file.startsWith(`${folder}/`));
  const trace = traceTo(near, { file: `${folder}/kustomization.yaml`, line: 1 });
  return [
    ...plain,
    ...rendered.documents.map(({ value }) => manifestOf(value, (path) => trace(value, path), isForeign)),
  ];
}
