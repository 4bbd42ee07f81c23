import { parseBudget } from '../packages/service/budget';
import type { Budget } from '../packages/service/types';
import { TargetError } from './mistakes';
import type { TaskProject } from './project-image';

/** The budget that the target's options name, or null. @throws TargetError where it is no size */
export function budgetOption(
  { budget, of }: { readonly budget?: string; readonly of?: Budget['of'] },
  project: TaskProject,
): Budget | null {
  if (budget === undefined) return null;
  try {
    return parseBudget(of === 'compressed' ? { compressed: budget } : budget);
  } catch (error) {
    throw new TargetError(`${project.name}: budget: ${(error as Error).message}.`);
  }
}
