import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { readRecord } from '../../packages/images/record';
import { writeCycloneDx } from '../../packages/images/sbom/cyclonedx';
import { writeSpdx } from '../../packages/images/sbom/spdx';
import { readSbom, type Sbom } from '../../packages/images/sbom/subject';
import { failInOneLine } from '../mistakes';
import { imageFolder, projectOf } from '../project-image';
import { sbomFiles } from '../sbom-files';
import { openWholeLayout } from '../whole-layout';
import { writeWhole } from '../write-whole';
import type { SbomExecutorSchema } from './schema.gen';

/** Lists what is in the image of a project. The same image gives the same bytes, so the target is cached. */
export default function sbom(
  options: SbomExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { root } = context;
    const project = projectOf(context);
    const folder = join(root, imageFolder(project, options.image, 'image'));
    const files = sbomFiles(project.name);
    // A run that does not end leaves no list of an earlier image behind.
    for (const file of Object.values(files)) rmSync(join(root, file), { force: true });
    const record = readRecord(folder, project.name);
    const layout = await openWholeLayout(folder, record, { workspaceRoot: root });
    const read = await readSbom(layout, record);
    writeWhole(join(root, files.cyclonedx), writeCycloneDx(read));
    writeWhole(join(root, files.spdx), writeSpdx(read));
    logger.log(summary(read, project.name, Object.values(files)));
    return true;
  }, context.root);
}

/** How many packages of each kind, and what is not known. Pure. */
export function summary({ subject, inventory }: Sbom, project: string, files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const { type } of inventory.packages) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
  const gaps = inventory.limits.filter((limit) => !limit.startsWith('Read are '));
  return [
    `${project}: ${inventory.packages.length} packages in ${subject.digest}${kinds === '' ? '' : ` (${kinds})`}`,
    ...gaps.map((gap) => `  ${gap}`),
    `  ${files.join(', ')}`,
  ].join('\n');
}
