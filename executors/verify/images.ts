import type { ImageRecord } from '../../packages/images/image-record';
import type { Budget } from '../../packages/service/types';
import { megabytes } from '../../packages/report/megabytes';
import { judgeStackSize } from '../stack-size';
import { judged, type CheckResult } from './result';

/** An image with the budget of its service. */
export interface BudgetedImage {
  readonly record: ImageRecord;
  readonly budget: Budget;
  readonly description: string;
}

/** Sizes as `docker-build` recorded them, against the budgets. Pure. */
export function judgeImages(
  images: readonly BudgetedImage[],
  stack: Budget,
  stackFile: string,
): readonly CheckResult[] {
  const each = images.map(({ record, budget, description }) => {
    const size = record.sizes[budget.of];
    return judged(
      'image-size',
      record.project,
      `at most ${budget.text} ${budget.of}`,
      megabytes(size),
      size <= budget.bytes,
      `See: nx docker-size-check ${record.project}; or raise budget in ${description}`,
    );
  });
  if (images.length === 0) return each;
  const together = judgeStackSize(
    images.map(({ record }) => record),
    stack,
  );
  return [
    ...each,
    judged(
      'stack-size',
      'all images',
      `at most ${stack.text} ${stack.of}`,
      megabytes(together[stack.of]),
      together.passed,
      `See: nx docker-size-check infrastructure; or raise budget in ${stackFile}`,
    ),
  ];
}
