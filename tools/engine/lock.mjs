/** One set-up at a time: `npm test` and `npm run demo` may be started together. */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './cache-folder.mjs';

/** Waits at most 15 minutes for the other process; a lock whose process is gone is taken over. */
export async function withLock(name, action) {
  const file = join(cacheFolder(), `${name}.lock`);
  for (let tries = 0; !take(file); tries += 1) {
    if (!holderLives(file)) rmSync(file, { force: true });
    else if (tries > 1800)
      throw new Error(`${file} has been held for 15 minutes by process ${readFileSync(file, 'utf8')}`);
    else await sleep(500);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderLives(file) {
  if (!existsSync(file)) return true;
  const pid = Number(readFileSync(file, 'utf8'));
  if (!pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
