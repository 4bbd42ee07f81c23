import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatCommand } from './format-command';
import { LineSplitter } from './lines';
import { redactor } from './redact';
import type { Command, RunOptions, RunResult } from './types';

/** The program of a command is not installed, or not on PATH. */
export class CommandNotFoundError extends Error {
  override readonly name = 'CommandNotFoundError';
  constructor(readonly file: string) {
    super(`${file} was not found. Install it, or add its folder to PATH.`);
  }
}

/** A running program whose standard output is read as a stream. */
export interface Streaming {
  readonly stdout: Readable;
  /** Settles when the program has ended; `stdout` is empty here, `stderr` is collected. */
  readonly done: Promise<RunResult>;
}

/** Milliseconds between the polite end of a process group and SIGKILL. */
const graceMs = 5_000;
const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const notRun: RunResult = { code: 0, signal: null, stdout: '', stderr: '', timedOut: false };

/**
 * Runs a program to its end. A non-zero exit is a result, not an error.
 * SIGINT, SIGTERM and SIGHUP of this process are handed on to the program's whole process group.
 * @throws CommandNotFoundError where the program does not exist
 */
export async function run(command: Command, options: RunOptions = {}): Promise<RunResult> {
  if (options.dryRun) {
    process.stdout.write(`${formatCommand(command, options.secrets)}\n`);
    return notRun;
  }
  const output = options.output ?? 'pipe';
  // Only a pipe can be redacted or looked at; the terminal itself is handed on where neither is wanted.
  const direct = output === 'inherit' && !options.onLine && !options.secrets?.length;
  const child = start(command, options, direct ? 'inherit' : 'pipe');
  const ended = exitOf(child, command, options);
  if (direct) return { ...(await ended), stdout: '', stderr: '' };
  const [result, stdout, stderr] = await Promise.all([
    ended,
    collect(child.stdout!, 'stdout', options, output, process.stdout),
    collect(child.stderr!, 'stderr', options, output, process.stderr),
  ]);
  return { ...result, stdout, stderr };
}

/** Starts a program and hands out its standard output, e.g. of an archive that never lies on disk. */
export function stream(command: Command, options: RunOptions = {}): Streaming {
  const child = start(command, options, 'pipe');
  const stderr = collect(child.stderr!, 'stderr', options, options.output ?? 'pipe', process.stderr);
  const done = Promise.all([exitOf(child, command, options), stderr]).then(([result, text]) => ({
    ...result,
    stdout: '',
    stderr: text,
  }));
  return { stdout: child.stdout!, done };
}

function start(command: Command, options: RunOptions, out: 'inherit' | 'pipe'): ChildProcess {
  const stdio: StdioOptions = [options.input === undefined ? 'ignore' : 'pipe', out, out];
  return spawn(command.file, [...command.args], {
    cwd: options.cwd,
    env: environment(options.env),
    stdio,
    // A group of its own, so that a time limit also ends what the program started. Windows has no groups.
    detached: hasOwnGroup(options),
    windowsHide: true,
  });
}

function environment(changes: RunOptions['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

async function exitOf(
  child: ChildProcess,
  command: Command,
  options: RunOptions,
): Promise<Pick<RunResult, 'code' | 'signal' | 'timedOut'>> {
  let timedOut = false;
  const timers: NodeJS.Timeout[] = [];
  const end = () => {
    signalGroup(child, 'SIGTERM', options);
    timers.push(setTimeout(() => signalGroup(child, 'SIGKILL', options), graceMs));
  };
  if (options.timeoutMs !== undefined) {
    timers.push(
      setTimeout(() => {
        timedOut = true;
        end();
      }, options.timeoutMs),
    );
  }
  const forward = (signal: NodeJS.Signals) => signalGroup(child, signal, options);
  for (const signal of forwarded) process.on(signal, forward);
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  let inputError: unknown;
  const fed = feed(child.stdin, options.input).catch((error: unknown) => {
    inputError = error;
    end();
  });
  try {
    const exit = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.once('error', (error: NodeJS.ErrnoException) =>
          reject(
            error.code === 'ENOENT' && !missingFolder(error, options)
              ? new CommandNotFoundError(command.file)
              : error,
          ),
        );
        child.once('close', (code, signal) => resolve({ code, signal }));
      },
    );
    await fed;
    if (inputError) throw inputError;
    return { ...exit, timedOut };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const signal of forwarded) process.removeListener(signal, forward);
    options.signal?.removeEventListener('abort', end);
  }
}

/** spawn reports a missing working folder as a missing program; only the folder's own absence tells them apart. */
function missingFolder(error: NodeJS.ErrnoException, options: RunOptions): boolean {
  if (!options.cwd || existsSync(options.cwd)) return false;
  error.message = `${options.cwd} does not exist.`;
  return true;
}

function hasOwnGroup(options: RunOptions): boolean {
  return process.platform !== 'win32' && !options.sharesGroup;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals, options: RunOptions): void {
  if (child.pid === undefined) return;
  try {
    process.kill(hasOwnGroup(options) ? -child.pid : child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A program may end before it has read all of its input; its exit code says why, so a broken pipe is no error of its own. */
async function feed(stdin: Writable | null, input: RunOptions['input']): Promise<void> {
  if (!stdin || input === undefined) return;
  if (typeof input === 'string' || Buffer.isBuffer(input)) {
    stdin.on('error', ignoreBrokenPipe);
    stdin.end(input);
    return;
  }
  try {
    await pipeline(input, stdin);
  } catch (error) {
    ignoreBrokenPipe(error as NodeJS.ErrnoException);
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  const harmless = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];
  if (!harmless.includes(error.code ?? '')) throw error;
}

async function collect(
  source: Readable,
  name: 'stdout' | 'stderr',
  options: RunOptions,
  output: NonNullable<RunOptions['output']>,
  terminal: Writable,
): Promise<string> {
  const redact = redactor(options.secrets);
  const parts: string[] = [];
  const lines = new LineSplitter((line, end) => {
    const clean = redact(line);
    if (output !== 'pipe') terminal.write(clean + end);
    options.onLine?.(clean, name);
  });
  source.setEncoding('utf8');
  // A program that cannot be started closes its pipes with an error that exitOf reports.
  source.on('error', () => undefined);
  for await (const chunk of source as AsyncIterable<string>) {
    if (output !== 'inherit') parts.push(chunk);
    if (output !== 'pipe' || options.onLine) lines.write(chunk);
  }
  lines.end();
  return redact(parts.join(''));
}
