/**
 * Refreshes the lock files that new Python apps come with.
 *
 *   node tools/python-locks/python-locks.mjs             keeps every version that still fits
 *   node tools/python-locks/python-locks.mjs --upgrade   takes the newest versions
 *
 * They are plain files of requirements with hashes for every system and Python version, and without any address:
 * they install from whichever index a user has. `uv` makes them; it is installed into a throwaway environment.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ejs from 'ejs';

const { values } = parseArgs({ options: { upgrade: { type: 'boolean' } } });
const runtimes = fileURLToPath(new URL('../../packages/runtimes', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'python-locks-'));

try {
  run('python3', ['-m', 'venv', 'venv']);
  run('venv/bin/python', ['-m', 'pip', 'install', '--quiet', 'uv']);
  for (const runtime of ['python', 'fastapi', 'celery']) lock(join(runtimes, runtime, 'files/app'));
} finally {
  rmSync(folder, { recursive: true });
}

/** The same two commands as the target `lock` of a new app. */
function lock(app) {
  const template = readFileSync(join(app, 'pyproject.toml.ejs'), 'utf8');
  writeFileSync(join(folder, 'pyproject.toml'), ejs.render(template, { distribution: 'app', tools: '' }));
  const compile = [
    ...['pip', 'compile', 'pyproject.toml', '--quiet', '--universal', '--python-version', '3.11'],
    ...['--generate-hashes', '--no-annotate', '--no-header', '--no-emit-index-url', '--no-emit-find-links'],
    ...(values.upgrade ? ['--upgrade'] : []),
  ];
  const runtime = join(app, 'requirements.txt');
  run('venv/bin/uv', [...compile, '--output-file', runtime]);
  const development = ['--group', 'dev', '--constraint', runtime];
  run('venv/bin/uv', [...compile, ...development, '--output-file', join(app, 'requirements-dev.txt')]);
}

function run(program, args) {
  const local = program.includes('/') ? join(folder, program) : program;
  execFileSync(local, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
}
