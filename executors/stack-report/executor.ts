import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import type { ImageRecord } from '../../packages/images/image-record';
import { stackBudget } from '../budget-option';
import { failInOneLine, TargetError } from '../mistakes';
import { projectOf, readRecords } from '../project-image';
import { readSummary, reportFolder, type ReportSummary } from '../report-summary';
import { judgeStackSize } from '../stack-size';
import { writeWhole } from '../write-whole';
import { formatStackPage } from './page';
import type { StackReportExecutorSchema } from './schema.gen';

/** Writes what there is to know of all images together into one page, from the reports about each of them. */
export default function stackReport(
  options: StackReportExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(() => {
    const project = projectOf(context);
    const records = readRecords(context);
    const size = judgeStackSize(records, stackBudget(options, context, project));
    const summaries = records.map((record) => summaryOf(record, context.root));
    const file = `${reportFolder(project.name)}/index.html`;
    writeWhole(join(context.root, file), formatStackPage(project.name, size, summaries));
    logger.log(`Wrote ${file}`);
    return Promise.resolve(true);
  }, context.root);
}

/** @throws TargetError where the project has no report about its present image */
function summaryOf({ project, digest }: ImageRecord, root: string): ReportSummary {
  const file = `${reportFolder(project)}/summary.json`;
  const again = `Run nx docker-report ${project}.`;
  const summary = readSummary(join(root, file), file, again);
  if (summary === null) throw new TargetError(`${project}: has no report. ${again}`);
  if (summary.digest !== digest)
    throw new TargetError(`${file}: is about an earlier image of ${project}. ${again}`);
  return summary;
}
