import { diff3Merge } from 'node-diff3';
import type { WriteResult } from './types';

export type MergeOutcome =
  | { readonly clean: true; readonly text: string }
  | { readonly clean: false; readonly conflicts: NonNullable<WriteResult['conflicts']> };

/**
 * Merges line by line: what the user changed since `base` and what the template changed since `base`. Changes to the same lines conflict, unless
 * `prefer` says whose lines to take there. Pure; the same result for the same input.
 */
export function mergeThreeWay(
  base: string,
  user: string,
  rendered: string,
  prefer?: 'user' | 'rendered',
): MergeOutcome {
  const conflicts: { line: number; ours: string; theirs: string }[] = [];
  const lines: string[] = [];
  for (const region of diff3Merge(user.split('\n'), base.split('\n'), rendered.split('\n'))) {
    if (region.ok) lines.push(...region.ok);
    else if (region.conflict && prefer)
      lines.push(...(prefer === 'user' ? region.conflict.a : region.conflict.b));
    else if (region.conflict)
      conflicts.push({
        line: region.conflict.aIndex + 1,
        ours: region.conflict.b.join('\n'),
        theirs: region.conflict.a.join('\n'),
      });
  }
  return conflicts.length > 0 ? { clean: false, conflicts } : { clean: true, text: lines.join('\n') };
}
