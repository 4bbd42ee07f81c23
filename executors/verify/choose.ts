import { suggest } from '../../packages/service/choices';
import { TargetError } from '../mistakes';
import { checkIds, type CheckId, type SkippedCheck } from './result';

/** Which checks are made, and which are not, and why. */
export interface Choice {
  readonly chosen: ReadonlySet<CheckId>;
  readonly skipped: readonly SkippedCheck[];
}

/** @param skip `check=reason` each @throws TargetError for an unknown check, or one that is skipped without a reason */
export function chooseChecks(only: readonly string[] = [], skip: readonly string[] = []): Choice {
  const skipped = skip.map((text) => {
    const [id = '', ...rest] = text.split('=');
    const reason = rest.join('=').trim();
    if (reason === '')
      throw new TargetError(
        `verify: skip: ${id} has no reason. Say why, for the report: --skip="${id}=why it cannot be made"`,
      );
    return { check: known(id, 'skip'), reason };
  });
  const wanted = only.length === 0 ? checkIds : only.map((id) => known(id, 'only'));
  return { chosen: new Set(wanted.filter((id) => !skipped.some(({ check }) => check === id))), skipped };
}

function known(id: string, option: string): CheckId {
  const found = checkIds.find((check) => check === id.trim());
  if (!found)
    throw new TargetError(
      `verify: ${option}: ${JSON.stringify(id)} is not a check. ${suggest(id, checkIds)}`,
    );
  return found;
}
