/** The cluster's processes: detached, each with its log, known again by process id and program name. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts `programs/name`, its output in `folder/name.log`. */
export function startProcess(folder, programs, name, args) {
  const output = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(join(programs, name), args, { detached: true, stdio: ['ignore', output, output] });
  child.unref();
  closeSync(output);
  writeFileSync(join(folder, `${name}.pid`), String(child.pid));
}

/** @returns {number | null} the process, if it lives and is still that program */
export function runningProcess(folder, name) {
  const file = join(folder, `${name}.pid`);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const command = join('/proc', String(pid), 'cmdline');
  const first = pid > 0 && existsSync(command) ? readFileSync(command, 'utf8').split('\0')[0] : '';
  return first.endsWith(`/${name}`) ? pid : null;
}

/** Ends the process as `signal` does, and waits until it is gone, at most 20 s. */
export async function stopProcess(folder, name, signal = 'SIGTERM') {
  const pid = runningProcess(folder, name);
  if (pid === null) return false;
  process.kill(pid, signal);
  for (let tries = 0; runningProcess(folder, name) !== null; tries += 1) {
    if (tries === 150) process.kill(pid, 'SIGKILL');
    if (tries > 200) throw new Error(`${name} (process ${pid}) does not end`);
    await sleep(100);
  }
  rmSync(join(folder, `${name}.pid`), { force: true });
  return true;
}

/** @returns {string} the last line of a process' log that says what went wrong */
export function lastError(folder, name) {
  const file = join(folder, `${name}.log`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.findLast((line) => /^(E|F)\d{4}|error:/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
