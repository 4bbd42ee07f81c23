/** A program with its arguments. Never a shell string. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to (or, where undefined, removed from) the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is then closed. A stream is piped. */
  readonly input?: string | Buffer | NodeJS.ReadableStream;
  /** Milliseconds after which the process group is ended (SIGTERM, 5 s later SIGKILL). Default: none. */
  readonly timeoutMs?: number;
  /** `inherit`: streamed to the user as it comes. `pipe` (default): collected. `both`: streamed and collected. */
  readonly output?: 'inherit' | 'pipe' | 'both';
  /** Values that never appear in streamed output, in errors or in `--dry-run`. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal;
  /**
   * Leave the program in this process's group, so that whatever ends the group at once (SIGKILL) ends it, too. For programs that write where the next
   * run writes. A time limit then ends the program alone.
   */
  readonly sharesGroup?: boolean;
  /** Called with every line of standard output and error, redacted. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Print the command instead of running it; resolves with code 0 and empty output. */
  readonly dryRun?: boolean;
}

export interface RunResult {
  /** Exit code; null when ended by a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}
