const shortcuts = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Bounds and names of the five fields: minute, hour, day of the month, month, day of the week. */
const fields = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: days },
] as const;

/** What is wrong with a schedule, or null. The form of github.com/robfig/cron, which Kubernetes reads. */
export function cronProblem(schedule: string): string | null {
  if (/\bTZ=/.test(schedule)) return 'names a time zone; that is what timeZone is for.';
  if (schedule.startsWith('@'))
    return shortcuts.includes(schedule) || /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(schedule)
      ? null
      : `${schedule} is no schedule.`;
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length) return `has ${parts.length} fields, not ${fields.length}.`;
  const wrong = parts.find((part, at) => !part.split(',').every((range) => isRange(range, fields[at]!)));
  return wrong === undefined ? null : `${wrong} is no part of a schedule.`;
}

function isRange(text: string, { least, most, names }: (typeof fields)[number]): boolean {
  const match = /^([^/]+)(?:\/(\d+))?$/.exec(text);
  if (!match || match[2] === '0') return false;
  if (match[1] === '*' || match[1] === '?') return true;
  const ends = match[1]!.split('-').map((end) => {
    const named = (names as readonly string[]).indexOf(end.toLowerCase());
    if (named >= 0) return named + least;
    return /^\d+$/.test(end) ? Number(end) : NaN;
  });
  const isInside = ends.length <= 2 && ends.every((end) => end >= least && end <= most);
  return isInside && ends[0]! <= ends.at(-1)!;
}
