import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { Command } from './types';

/** Waits for the end of the process `argv[1]`, then runs the commands `argv[2]`, each to its end. Runs in a process of its own. */
const watcher = `
const { spawnSync } = require('node:child_process');
const [pid, commands] = process.argv.slice(1);
const alive = () => { try { process.kill(Number(pid), 0); return true; } catch (error) { return error.code === 'EPERM'; } };
const timer = setInterval(() => {
  if (alive()) return;
  clearInterval(timer);
  for (const { file, args } of JSON.parse(commands)) spawnSync(file, args, { stdio: 'ignore' });
}, 200);`;

/** Starts the watcher and ends at once, which makes the watcher nobody's child. */
const launcher = `
require('node:child_process')
  .spawn(process.execPath, ['-e', ...process.argv.slice(1)], { detached: true, stdio: 'ignore' })
  .unref();`;

/**
 * Runs commands, one after the other, once this process has ended, however it ends: whoever ends a task usually ends all of its children too, so
 * what must be done then cannot be done by one of them. A command that has nothing left to do should fail quietly.
 * @param owner the process to wait for
 */
export async function runAfterwards(commands: readonly Command[], owner = process.pid): Promise<void> {
  const started = spawn(
    process.execPath,
    ['-e', launcher, watcher, String(owner), JSON.stringify(commands)],
    { detached: true, stdio: 'ignore', windowsHide: true },
  );
  await once(started, 'close');
}
