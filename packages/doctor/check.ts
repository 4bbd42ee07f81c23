/** `missing`: only some targets cannot run. `problem`: nothing will work well until it is mended. */
export type Severity = 'ok' | 'missing' | 'problem';

/** One answer about the machine or the workspace. */
export interface Finding {
  /** Stable, e.g. `buildx`. */
  readonly id: string;
  readonly severity: Severity;
  /** What is there, or is not, in one line. */
  readonly found: string;
  /** What to do; null where all is well. */
  readonly fix: string | null;
}

/** One question. It never throws: what it cannot find out is a finding, too. */
export type Check = () => Promise<Finding>;

export const ok = (id: string, found: string): Finding => ({ id, severity: 'ok', found, fix: null });

export const missing = (id: string, found: string, fix: string): Finding => ({
  id,
  severity: 'missing',
  found,
  fix,
});

export const problem = (id: string, found: string, fix: string): Finding => ({
  id,
  severity: 'problem',
  found,
  fix,
});

/** What an error's one line says as a finding: our errors end with what to do. */
export function problemOf(id: string, error: unknown): Finding {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const [, found = line, fix = 'See docs/guides/troubleshooting.md.'] =
    /^(.+?\.) ([A-Z].*)$/.exec(line) ?? [];
  return problem(id, found, fix);
}
