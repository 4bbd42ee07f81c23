import type { WriteResult } from './types';
import type { WriteReport } from './writer';

const wayOut =
  'Merge by hand, or run again with --force to take the generated text, or with --keep to keep yours.';

const reasons: Readonly<Record<NonNullable<WriteResult['reason']>, string>> = {
  foreign: 'was there before toolbox, so its text is yours.',
  'no-base':
    'has changes of yours, and git does not have the text that was generated, so the two cannot be merged.',
  malformed: 'has changes of yours, and merged with the generated text it would not parse.',
  'not-text': 'is not UTF-8, so it cannot be merged.',
};

/** One line per place that needs the user: conflicts with their lines in the user's file. */
export function formatConflicts({ conflicts }: WriteReport): readonly string[] {
  return conflicts.flatMap(({ path, conflicts: places = [], reason = 'no-base' }) =>
    places.length === 0
      ? [`${path}: ${reasons[reason]} ${wayOut}`]
      : places.map(({ line, theirs }) => {
          const last = line + Math.max(0, theirs.split('\n').length - 1);
          const lines = last > line ? `${line}-${last}` : String(line);
          return `${path}:${lines}: your change and the new generated text touch the same lines. ${wayOut}`;
        }),
  );
}
