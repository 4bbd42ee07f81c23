import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { analyseImage } from '../../packages/images/analyse';
import { ImageError } from '../../packages/images/image-error';
import { openLayout, type LayoutImage } from '../../packages/images/layout';
import { readRecord } from '../../packages/images/record';
import { parseBudget } from '../../packages/service/budget';
import { DescriptionError } from '../../packages/service/description-error';
import { insidePathProblem } from '../../packages/service/paths';
import type { Budget } from '../../packages/service/types';
import { readServiceOnDisk } from '../../packages/workspace/service-on-disk';
import { formatSizeReport, judgeSize } from './report';
import type { SizeCheckExecutorSchema } from './schema.gen';

/** A mistake of the user's: one line, no stack trace. */
class SizeCheckError extends Error {
  override readonly name = 'SizeCheckError';
}

/** Compares the image of a project with its budget. Reads the layout as a stream; needs no engine. */
export default async function sizeCheck(
  options: SizeCheckExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  try {
    return await run(options, context);
  } catch (error) {
    if (error instanceof ImageError || error instanceof DescriptionError || error instanceof SizeCheckError) {
      logger.error(error.message);
      return { success: false };
    }
    throw error;
  }
}

async function run(
  options: SizeCheckExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const project = context.projectName ?? '';
  const root = context.projectsConfigurations.projects[project]?.root ?? '.';
  const image = inside(options.image ?? posix.join('dist/images', project), 'image');
  const json = inside(options.json ?? posix.join('dist/reports', project, 'size.json'), 'json');
  const budget = budgetOf(options, context, { name: project, root });
  const folder = join(context.root, image);
  if (!existsSync(folder))
    throw new ImageError(`${image}: holds no finished image. Run nx docker-build ${project} first.`);
  const record = readRecord(folder, project);
  const layout = openLayout(folder, record.digest);
  const analysis = await analyseImage(layout, layout.images[0] as LayoutImage, options.top ?? 10);
  const report = judgeSize(analysis, {
    project,
    digest: record.digest,
    description: posix.join(
      root,
      existsSync(join(context.root, root, 'toolbox.yaml')) ? 'toolbox.yaml' : 'project.json',
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
  return { success: report.passed };
}

function inside(path: string, option: string): string {
  const problem = insidePathProblem(path, 'the workspace');
  if (problem) throw new SizeCheckError(`docker-size-check: ${option}: ${problem}.`);
  return posix.normalize(path);
}

/** The option, else what the service's description says (which knows the defaults of stack and runtime). */
function budgetOf(
  options: SizeCheckExecutorSchema,
  context: ExecutorContext,
  project: { name: string; root: string },
): Budget {
  if (options.budget !== undefined) {
    try {
      return parseBudget(options.of === 'compressed' ? { compressed: options.budget } : options.budget);
    } catch (error) {
      throw new SizeCheckError(`docker-size-check: budget: ${(error as Error).message}.`);
    }
  }
  const service = readServiceOnDisk(context.root, project, context.nxJsonConfiguration);
  if (service) return options.of ? { ...service.budget, of: options.of } : service.budget;
  throw new SizeCheckError(
    `${project.name}: has no size budget. Name one: nx docker-size-check ${project.name} --budget=200MB, or run nx g toolbox:service ${project.name}.`,
  );
}

function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
