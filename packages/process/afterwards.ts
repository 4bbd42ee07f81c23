import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { Command } from './types';

/**
 * Waits for the end of the process `argv[1]`, then runs the commands `argv[2]`, each to its end, where the file `argv[3]` is still there, if one is
 * named. Runs in a process of its own.
 */
const watcher = `
const { spawnSync } = require('node:child_process');
const { existsSync, rmSync } = require('node:fs');
const { parse } = require('node:path');
const [pid, commands, marker] = process.argv.slice(1);
const alive = () => { try { process.kill(Number(pid), 0); return true; } catch (error) { return error.code === 'EPERM'; } };
const isOff = () => marker !== '' && !existsSync(marker);
const timer = setInterval(() => {
  if (!isOff() && alive()) return;
  clearInterval(timer);
  if (isOff()) return;
  const cwd = parse(process.cwd()).root;
  for (const { file, args } of JSON.parse(commands)) spawnSync(file, args, { cwd, stdio: 'ignore' });
  if (marker !== '') rmSync(marker, { force: true });
}, 200);`;

/** Starts the watcher and ends at once, which makes the watcher nobody's child. */
const launcher = `
require('node:child_process')
  .spawn(process.execPath, ['-e', ...process.argv.slice(1)], { detached: true, stdio: 'ignore' })
  .unref();`;

/**
 * Runs commands, one after the other, once this process has ended, however it ends: whoever ends a task usually ends all of its children too, so
 * what must be done then cannot be done by one of them. A command that has nothing left to do should fail quietly.
 * @param marker absolute path of a file: without it, nothing is run any more
 * @param owner the process to wait for
 */
export async function runAfterwards(
  commands: readonly Command[],
  marker = '',
  owner = process.pid,
): Promise<void> {
  const started = spawn(
    process.execPath,
    ['-e', launcher, watcher, String(owner), JSON.stringify(commands), marker],
    { detached: true, stdio: 'ignore', windowsHide: true },
  );
  await once(started, 'close');
}
