import { rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { oneShotCommand } from '../../packages/engines/one-shot';
import { auditImage } from '../../packages/images/audit/audit';
import type { Finding } from '../../packages/images/finding';
import type { ImageRecord } from '../../packages/images/image-record';
import { platformOf, type Layout } from '../../packages/images/layout';
import { readRecord } from '../../packages/images/record';
import { runScanner } from '../../packages/scanners/run-scanner';
import type { ScanResult } from '../../packages/scanners/scanner';
import { readIgnoreLists } from '../ignore-list';
import { failInOneLine, TargetError } from '../mistakes';
import { imageFolder, insideWorkspace, projectOf, type TaskProject } from '../project-image';
import { openWholeLayout } from '../whole-layout';
import { writeWhole } from '../write-whole';
import { buildOptionsOf, countBaseLayers } from '../base-layers';
import { baselineText, hasBaseline, readBaseline } from './baseline';
import { withLayoutOf } from './layout-view';
import { formatScanReport, judgeScan, type Judged } from './report';
import { sarifOf } from './sarif';
import type { ScanExecutorSchema } from './schema.gen';

const reportFiles = ['scan.json', 'scan.sarif'] as const;

/** Audits the image of a project and scans it for known vulnerabilities. Never cached: a scanner's database changes every day. */
export default function scan(
  options: ScanExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(() => check(options, context), context.root);
}

async function check(options: ScanExecutorSchema, context: ExecutorContext): Promise<boolean> {
  const { root } = context;
  const project = projectOf(context);
  const folder = join(root, imageFolder(project, options.image, 'image'));
  const reports = join(root, 'dist/reports', project.name);
  // A scan that does not end leaves no report of an earlier image behind.
  for (const name of reportFiles) rmSync(join(reports, name), { force: true });
  const ignored = readIgnoreLists(root, project, options.ignore, {
    usual: ['infrastructure/security/ignore.yaml', posix.join(project.root, 'scan-ignore.yaml')],
    narrowing: ['package', 'path'],
    today: new Date().toISOString().slice(0, 10),
  });
  const baselineFile = insideWorkspace(
    options.baseline ?? posix.join(project.root, 'scan-baseline.json'),
    project,
    'baseline',
  );
  const hasFile = options.baseline !== undefined || hasBaseline(root, baselineFile);
  const baseline = hasFile && !options.updateBaseline ? readBaseline(root, baselineFile) : [];
  const record = readRecord(folder, project.name);
  const layout = await openWholeLayout(folder, record, { workspaceRoot: root });
  const build = buildOptionsOf(context, project);
  const baseLayers = countBaseLayers(root, build, layout.images[0]!);
  const judged = {
    project: project.name,
    digest: record.digest,
    severity: options.severity ?? 'high',
    audit: await auditAll(layout, record, baseLayers),
    scan: await scanAll(layout, options, project),
    ignored,
    layers: layersOf(layout, baseLayers),
  } as const;
  if (options.updateBaseline) {
    if (judged.scan === null)
      throw new TargetError(
        `${project.name}: updateBaseline: needs a scanner, and there is none (scanner: none).`,
      );
    const { findings } = judgeScan({ ...judged, baseline });
    writeWhole(join(root, baselineFile), baselineText(findings));
    logger.log(`Wrote ${baselineFile}`);
  }
  return finish(
    { ...judged, baseline: options.updateBaseline ? readBaseline(root, baselineFile) : baseline },
    root,
    build.dockerfile,
  );
}

function finish(judged: Judged, root: string, dockerfile: string): boolean {
  const report = judgeScan(judged);
  const reports = join(root, 'dist/reports', report.project);
  writeWhole(join(reports, reportFiles[0]), `${JSON.stringify(report, null, 2)}\n`);
  writeWhole(join(reports, reportFiles[1]), `${JSON.stringify(sarifOf(report, dockerfile), null, 2)}\n`);
  logger.log(formatScanReport(report));
  const blocking = report.findings.filter(({ state }) => state === 'blocks');
  for (const { id, path, why, fix } of blocking.slice(0, 20))
    logger.error(`${report.project}: ${id}${path === null ? '' : `: ${path}`}: ${why} ${fix}`);
  return report.passed;
}

/** All platforms; what is the same on several of them is said once. */
async function auditAll(layout: Layout, { base }: ImageRecord, baseLayers: number): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  for (const image of layout.images) {
    const audit = await auditImage(layout, image, { base, baseLayers });
    for (const finding of audit.findings)
      findings.set([finding.id, finding.path, finding.why].join('\0'), finding);
  }
  return [...findings.values()];
}

async function scanAll(
  layout: Layout,
  options: ScanExecutorSchema,
  project: TaskProject,
): Promise<ScanResult | null> {
  const { scanner = 'auto', scannerImage: image, server = null, engine = 'docker', timeout = 300 } = options;
  if (scanner === 'none') return null;
  if (image !== undefined && scanner === 'auto')
    throw new TargetError(
      `${project.name}: scannerImage: say which scanner is in ${image}: --scanner=trivy or --scanner=grype.`,
    );
  const results: ScanResult[] = [];
  for (const one of layout.images) {
    const result = await withLayoutOf(layout.folder, one, (view) => {
      const container = (args: readonly string[]) =>
        oneShotCommand({
          engine,
          image: image ?? '',
          args,
          folders: [view, layout.folder],
          workdir: view,
          cache: { volume: `toolbox-${scanner}`, path: '/root/.cache' },
        });
      return runScanner({
        scanner,
        layout: view,
        server,
        timeout,
        container: image === undefined ? null : container,
      });
    });
    results.push({ ...result, notes: result.notes.map((note) => `${platformOf(one.config)}: ${note}`) });
  }
  return together(results);
}

/** The results of all platforms as one; what several of them have is listed once. */
function together(results: readonly ScanResult[]): ScanResult {
  const found = new Map(
    results
      .flatMap(({ vulnerabilities }) => vulnerabilities)
      .map((one) => [[one.id, one.package, one.version, one.path].join('\0'), one]),
  );
  return {
    ...results[0]!,
    vulnerabilities: [...found.values()],
    notes: results.flatMap(({ notes }) => notes),
  };
}

function layersOf(layout: Layout, baseLayers: number): Judged['layers'] {
  return new Map(
    layout.images.flatMap(({ manifest, config }) =>
      manifest.layers.flatMap(({ digest }, at) => {
        const place = { digest, base: at < baseLayers };
        return [digest, config.rootfs.diff_ids[at] ?? digest].map((name) => [name, place] as const);
      }),
    ),
  );
}
