import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { readRecord } from '../../packages/images/record';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Budget } from '../../packages/service/types';
import { readStackOnDisk } from '../../packages/workspace/service-on-disk';
import { failInOneLine, TargetError } from '../mistakes';
import { buildTargetOf, builtFolder, insideWorkspace, projectOf, type TaskProject } from '../project-image';
import { budgetOption } from '../budget-option';
import { megabytes } from '../megabytes';
import { writeWhole } from '../write-whole';
import { judgeStackSize } from '../stack-size';
import { formatStackSizeReport } from './report';
import type { StackSizeCheckExecutorSchema } from './schema.gen';

/** Compares all images of the workspace together with the stack's budget. */
export default function stackSizeCheck(
  options: StackSizeCheckExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(() => Promise.resolve(check(options, context)), context.root);
}

function check(options: StackSizeCheckExecutorSchema, context: ExecutorContext): boolean {
  const project = projectOf(context);
  const file = posix.join('dist/reports', project.name, 'size.json');
  const json = insideWorkspace(options.json ?? file, project, 'json');
  const budget = budgetOf(options, context, project);
  const report = judgeStackSize(readRecords(context), budget);
  writeWhole(join(context.root, json), `${JSON.stringify(report, null, 2)}\n`);
  logger.log(formatStackSizeReport(report));
  if (!report.passed) {
    const [largest] = [...report.images].sort((a, b) => b.own[budget.of] - a.own[budget.of]);
    logger.error(
      `${project.root}/toolbox.yaml: budget: all images together are ${megabytes(report[budget.of])} ${budget.of}, ${megabytes(report[budget.of] - budget.bytes)} over the budget of ${budget.text}. Look at ${largest?.project} first (${megabytes(largest?.own[budget.of] ?? 0)} of its own), or raise the budget.`,
    );
  }
  return report.passed;
}

/** The records of all projects that have an image. @throws ImageError for one that was not built, TargetError where there is none */
function readRecords(context: ExecutorContext): readonly ImageRecord[] {
  const records = Object.entries(context.projectsConfigurations.projects)
    .filter(([, project]) => buildTargetOf(project))
    .map(([name]) => readRecord(join(context.root, builtFolder(context, name)), name));
  if (records.length === 0)
    throw new TargetError(
      'No project of the workspace has an image. Make one with: nx g toolbox:service <name>',
    );
  return records;
}

function budgetOf(
  options: StackSizeCheckExecutorSchema,
  context: ExecutorContext,
  project: TaskProject,
): Budget {
  const chosen = budgetOption(options, project);
  if (chosen) return chosen;
  const { budget } = readStackOnDisk(context.root, context.nxJsonConfiguration);
  return options.of ? { ...budget, of: options.of } : budget;
}
