/** One mistake in a description: where, what and, where it is known, what to do. */
export interface Problem {
  /** File relative to the workspace root, e.g. `apps/api/toolbox.yaml`. */
  readonly file: string;
  /** 1-based line, where the text of the file was at hand. */
  readonly line?: number;
  /** Path of the key, e.g. `health.live`; the empty text for the file as a whole. */
  readonly key: string;
  /** The rest of the line, e.g. `70000 is not in 1–65535`. */
  readonly message: string;
}

/**
 * A user's mistake in a description or in the options of the plugin. The message has one line per problem,
 * `apps/api/toolbox.yaml:3: port: 70000 is not in 1–65535`, and is meant to be shown without a stack trace.
 */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const list = 'file' in problems ? [problems] : problems;
    super(list.map(formatProblem).join('\n'));
    this.problems = list;
  }
}

export function formatProblem({ file, line, key, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return key === '' ? `${place}: ${message}` : `${place}: ${key}: ${message}`;
}
