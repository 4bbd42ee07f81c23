/** `a, b or c`, as it stands in every message that lists choices. */
export function listChoices(choices: readonly string[]): string {
  if (choices.length < 2) return choices.join('');
  return `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
}

/** What to do about a word that is none of `choices`: the nearest one where one is near, else all of them. */
export function suggest(word: string, choices: readonly string[]): string {
  const nearest = nearestChoice(word, choices);
  if (nearest !== null) return `Did you mean ${nearest}?`;
  return choices.length === 0 ? '' : `Use ${listChoices(choices)}.`;
}

/** The choice with the fewest single-letter edits from `word`, or null where more than a third of its letters differ. */
export function nearestChoice(word: string, choices: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = Infinity;
  for (const choice of choices) {
    const edits = editDistance(word.toLowerCase(), choice.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [choice, edits];
  }
  return nearest !== null && fewest <= Math.max(1, Math.floor(nearest.length / 3)) ? nearest : null;
}

/** Edits between two words: insert, delete or replace a letter, or swap two neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  // Longer words than any key are no typing mistakes, and the table below is quadratic.
  if (Math.abs(a.length - b.length) > 20) return Infinity;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, rows[i - 2]![j - 2]! + 1);
      row.push(edits);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
