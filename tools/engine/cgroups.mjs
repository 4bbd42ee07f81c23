/** Control groups: where the machine's init mounts none (some virtual machines), dockerd cannot start, or ignores every limit. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

const ROOT = '/sys/fs/cgroup';

/** Does nothing where version 2, or any hierarchy of version 1, is mounted already. */
export function mountCgroups() {
  if (!existsSync('/proc/cgroups') || readdirSync(ROOT).length > 0) return;
  run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'cgroup', ROOT]);
  for (const name of enabledControllers(readFileSync('/proc/cgroups', 'utf8'))) {
    const folder = join(ROOT, name);
    mkdirSync(folder, { recursive: true });
    run('mount', ['-t', 'cgroup', '-o', name, 'cgroup', folder]);
  }
}

/** /proc/cgroups: `#subsys_name hierarchy num_cgroups enabled`. */
export function enabledControllers(text) {
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .filter(([, , , enabled]) => enabled === '1')
    .map(([name]) => name);
}
