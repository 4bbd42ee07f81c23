import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { failInOneLine } from '../mistakes';
import { insideWorkspace, projectOf, readRecords } from '../project-image';
import { stackBudget } from '../budget-option';
import { megabytes } from '../../packages/report/megabytes';
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
  const budget = stackBudget(options, context, project);
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
