import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { analyseImage } from '../../packages/images/analyse';
import type { LayoutImage } from '../../packages/images/layout';
import { readRecord } from '../../packages/images/record';
import type { Budget } from '../../packages/service/types';
import { failInOneLine, TargetError } from '../mistakes';
import { imageFolder, insideWorkspace, projectOf, type TaskProject } from '../project-image';
import { serviceBudget } from '../budget-option';
import { openWholeLayout } from '../whole-layout';
import { writeWhole } from '../write-whole';
import { formatSizeReport, judgeSize } from './report';
import type { SizeCheckExecutorSchema } from './schema.gen';

/** Compares the image of a project with its budget. Reads the layout as a stream; needs no engine. */
export default function sizeCheck(
  options: SizeCheckExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(() => check(options, context), context.root);
}

async function check(options: SizeCheckExecutorSchema, context: ExecutorContext): Promise<boolean> {
  const project = projectOf(context);
  const image = imageFolder(project, options.image, 'image');
  const json = reportFile(project, options.json, image);
  const budget = budgetOf(options, context, project);
  const folder = join(context.root, image);
  const record = readRecord(folder, project.name);
  const layout = await openWholeLayout(folder, record, { workspaceRoot: context.root });
  const analysis = await analyseImage(layout, layout.images[0] as LayoutImage, options.top ?? 10);
  const report = judgeSize(analysis, {
    project: project.name,
    digest: record.digest,
    description: posix.join(
      project.root,
      existsSync(join(context.root, project.root, 'toolbox.yaml')) ? 'toolbox.yaml' : 'project.json',
    ),
    budget,
    warnAt: options.warnAt ?? 90,
  });
  writeWhole(join(context.root, json), `${JSON.stringify(report, null, 2)}\n`);
  logger.log(formatSizeReport(report));
  for (const finding of report.findings) {
    const line = `${finding.file}: ${finding.path}: ${finding.message} ${finding.fix}`;
    if (finding.severity === 'error') logger.error(line);
    else logger.warn(line);
  }
  return report.passed;
}

/** Never inside the image's folder: that one belongs to docker-build, and Nx replaces it whole on a cache hit. */
function reportFile(project: TaskProject, chosen: string | undefined, image: string): string {
  const file = insideWorkspace(
    chosen ?? posix.join('dist/reports', project.name, 'size.json'),
    project,
    'json',
  );
  if (!posix.relative(image, file).startsWith('..'))
    throw new TargetError(`${project.name}: json: ${file} lies in the image's own folder. Choose another.`);
  return file;
}

function budgetOf(options: SizeCheckExecutorSchema, context: ExecutorContext, project: TaskProject): Budget {
  const budget = serviceBudget(options, context, project);
  if (budget) return budget;
  throw new TargetError(
    `${project.name}: has no size budget. Name one: nx docker-size-check ${project.name} --budget=200MB, or run nx g toolbox:service ${project.name}.`,
  );
}
