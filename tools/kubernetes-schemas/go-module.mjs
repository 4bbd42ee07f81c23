import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Unpacks a Go module where it is not there yet, and returns its folder in Go's own module cache. */
export function goModule(path, version) {
  const ran = spawnSync('go', ['mod', 'download', '-json', `${path}@${version}`], {
    cwd: tmpdir(),
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (ran.error) throw new Error(`go: ${ran.error.message}. Install Go 1.24 or newer.`);
  const { Dir: folder, Error: why } = JSON.parse(ran.stdout || '{}');
  if (!folder) throw new Error(`${path}@${version} cannot be had: ${why ?? ran.stderr.trim()}`);
  return folder;
}
