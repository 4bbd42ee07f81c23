/** Where engine data and base images are kept: outside the repository, so that a clean checkout finds them again. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @returns {string} a folder under the user's cache directory, made if missing */
export function cacheFolder(...parts) {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(base, 'toolbox-engine', ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}
