import { posix } from 'node:path';

/** Files of a project's bill of materials, relative to the workspace root. */
export function sbomFiles(project: string): { readonly cyclonedx: string; readonly spdx: string } {
  const folder = posix.join('dist/reports', project);
  return { cyclonedx: posix.join(folder, 'sbom.cdx.json'), spdx: posix.join(folder, 'sbom.spdx.json') };
}
