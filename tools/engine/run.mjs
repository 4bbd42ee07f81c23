/** Runs a process from an argument array: never a shell string, always a time limit. */
import { spawnSync } from 'node:child_process';

/**
 * @param {string} file program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, seconds?: number, input?: string }} [options] `seconds`: time limit, 60 by default
 * @returns {{ ok: boolean, stdout: string, stderr: string, why: string }} `why`: one line, the last thing the program said
 */
export function tryRun(file, args, options = {}) {
  const { status, stdout, stderr, error, signal } = spawnSync(file, args, {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    input: options.input,
    timeout: (options.seconds ?? 60) * 1000,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const ok = status === 0;
  return { ok, stdout: stdout ?? '', stderr: stderr ?? '', why: ok ? '' : reason() };

  function reason() {
    if (error?.code === 'ENOENT') return `${file} is not installed`;
    if (error?.code === 'ETIMEDOUT') return `no answer within ${options.seconds ?? 60} s`;
    const said = `${stderr ?? ''}\n${stdout ?? ''}`
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    return (
      said.findLast((line) => /^(E:|error|fatal)/i.test(line)) ??
      said.at(-1) ??
      `ended by ${signal ?? status}`
    );
  }
}

/**
 * As {@link tryRun}, for a step that cannot be done without.
 * @returns {string} what the program printed
 * @throws {Error} one line: the program, its first arguments and its last word
 */
export function run(file, args, options = {}) {
  const result = tryRun(file, args, options);
  if (!result.ok) throw new Error(`${[file, ...args.slice(0, 2)].join(' ')}: ${result.why}`);
  return result.stdout;
}
