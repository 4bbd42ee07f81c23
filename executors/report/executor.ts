import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { auditImage } from '../../packages/images/audit/audit';
import { DuplicateFinder } from '../../packages/images/duplicates';
import { platformOf, type LayoutImage } from '../../packages/images/layout';
import { readRecord } from '../../packages/images/record';
import { megabytes } from '../../packages/report/megabytes';
import { buildOptionsOf, countBaseLayers } from '../base-layers';
import { serviceBudget } from '../budget-option';
import { failInOneLine } from '../mistakes';
import { imageFolder, projectOf } from '../project-image';
import { readSummary, reportFolder } from '../report-summary';
import { sbomFiles } from '../sbom-files';
import { openWholeLayout } from '../whole-layout';
import { writeWhole } from '../write-whole';
import { summarise, type ImageReport } from './image-report';
import { readPackageList } from './packages';
import { formatReportPage } from './page';
import { readScan, type ScanOnDisk, type ShownFinding } from './scan-result';
import type { ReportExecutorSchema } from './schema.gen';

/** Files that the treemap shows. Others are the smallest of an image that nobody would build; the page says how many. */
const mostFiles = 200_000;

/** Writes what there is to know of a project's image into one page. The layers are read once, as a stream; no engine is needed. */
export default function report(
  options: ReportExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const found = await readReport(options, context);
    const summary = summarise(found);
    const folder = reportFolder(found.record.project);
    writeWhole(join(context.root, folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    const page = formatReportPage(found, summary);
    writeWhole(join(context.root, folder, 'index.html'), page);
    logger.log(`Wrote ${folder}/index.html (${megabytes(Buffer.byteLength(page))})`);
    return true;
  }, context.root);
}

async function readReport(options: ReportExecutorSchema, context: ExecutorContext): Promise<ImageReport> {
  const { root } = context;
  const project = projectOf(context);
  const budget = serviceBudget(options, context, project);
  const baselineFile = posix.join(project.root, 'report-baseline.json');
  const before = readSummary(
    join(root, baselineFile),
    baselineFile,
    `Copy ${reportFolder(project.name)}/summary.json there again, or delete it.`,
  );
  const folder = join(root, imageFolder(project, options.image, 'image'));
  const record = readRecord(folder, project.name);
  const layout = await openWholeLayout(folder, record, { workspaceRoot: root });
  const image = layout.images[0] as LayoutImage;
  const baseLayers = countBaseLayers(root, buildOptionsOf(context, project), image);
  const duplicates = new DuplicateFinder();
  const facts = { base: record.base, baseLayers };
  const { analysis, findings } = await auditImage(layout, image, facts, mostFiles, [duplicates]);
  const scan = readScan(join(root, 'dist/reports', project.name, 'scan.json'), record.digest);
  return {
    record,
    platform: platformOf(image.config),
    analysis,
    duplicates: duplicates.among(analysis.largest),
    baseLayers,
    budget,
    ...judged(
      scan,
      findings.map((finding) => ({ ...finding, accepted: false, reason: null })),
      project.name,
    ),
    packages: readPackageList(join(root, sbomFiles(project.name).cyclonedx), record.digest),
    before,
    baselineFile,
  };
}

/** What docker-scan says of this image says more than the audit, which it contains. */
function judged(
  scan: ScanOnDisk,
  audited: readonly ShownFinding[],
  project: string,
): Pick<ImageReport, 'findings' | 'scanner' | 'notes'> {
  if (scan.state === 'current') return scan;
  const why =
    scan.state === 'none'
      ? 'Vulnerabilities were not scanned.'
      : 'The scan on disk is of another image: it is left out.';
  return {
    findings: audited,
    scanner: null,
    notes: [`${why} Run nx docker-scan ${project}, then this report again.`],
  };
}
