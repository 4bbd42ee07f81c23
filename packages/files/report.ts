import type { WriteReport } from './writer';

/** One line per file that needs the user: conflicts with their lines, and edited files that are no longer generated. */
export function formatConflicts({ conflicts }: WriteReport): readonly string[] {
  return conflicts.flatMap(({ path, conflicts: places = [] }) =>
    places.length === 0
      ? [
          `${path}: has changes of yours that cannot be merged with the generated text. Merge by hand, or run again with --force to take the generated text.`,
        ]
      : places.map(({ line, theirs }) => {
          const last = line + Math.max(0, theirs.split('\n').length - 1);
          const lines = last > line ? `${line}-${last}` : String(line);
          return `${path}:${lines}: your change and the new generated text touch the same lines. Merge by hand, or run again with --force to take the generated text.`;
        }),
  );
}
