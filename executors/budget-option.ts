import type { ExecutorContext } from '@nx/devkit';
import { parseBudget } from '../packages/service/budget';
import type { Budget } from '../packages/service/types';
import { readServiceOnDisk, readStackOnDisk } from '../packages/workspace/service-on-disk';
import { TargetError } from './mistakes';
import type { TaskProject } from './project-image';

/** What the options of a target say about a budget. */
interface BudgetOptions {
  readonly budget?: string;
  readonly of?: Budget['of'];
}

/** The budget that the target's options name, or null. @throws TargetError where it is no size */
function budgetOption({ budget, of }: BudgetOptions, project: TaskProject): Budget | null {
  if (budget === undefined) return null;
  try {
    return parseBudget(of === 'compressed' ? { compressed: budget } : budget);
  } catch (error) {
    throw new TargetError(`${project.name}: budget: ${(error as Error).message}.`);
  }
}

/** The option, else what the service's description says (which knows the defaults of stack and runtime); null for a project without. */
export function serviceBudget(
  options: BudgetOptions,
  context: ExecutorContext,
  project: TaskProject,
): Budget | null {
  const chosen = budgetOption(options, project);
  if (chosen) return chosen;
  const service = readServiceOnDisk(context.root, project, context.nxJsonConfiguration);
  if (!service) return null;
  return options.of ? { ...service.budget, of: options.of } : service.budget;
}

/** The option, else what the stack's description says. */
export function stackBudget(options: BudgetOptions, context: ExecutorContext, project: TaskProject): Budget {
  const chosen = budgetOption(options, project);
  if (chosen) return chosen;
  const { budget } = readStackOnDisk(context.root, context.nxJsonConfiguration);
  return options.of ? { ...budget, of: options.of } : budget;
}
