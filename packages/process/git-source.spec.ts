import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicAddress, readSource } from './git-source';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-source-'));
});
afterEach(() => rmSync(root, { recursive: true }));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

it('is the commit, and whether anything differs from it', async () => {
  git('init', '-q');
  expect(await readSource(root)).toBeNull();
  git('commit', '-q', '--allow-empty', '-m', 'one');
  const commit = git('rev-parse', 'HEAD');
  expect(await readSource(root)).toEqual({ commit, dirty: false, repository: null });
  git('remote', 'add', 'origin', 'https://me:hunter2@example.com/acme/repo.git');
  writeFileSync(join(root, 'new'), '');
  expect(await readSource(root)).toEqual({
    commit,
    dirty: true,
    repository: 'git+https://example.com/acme/repo.git',
  });
});

it('is not known outside of a repository', async () => {
  expect(await readSource(root)).toBeNull();
});

it.each([
  ['https://token@example.com:8443/a/b.git?x=token#y', 'git+https://example.com:8443/a/b.git'],
  ['ssh://git@example.com/a/b.git', 'git+ssh://example.com/a/b.git'],
  ['git@example.com:a/b.git', 'git+ssh://example.com/a/b.git'],
  ['/srv/repos/a.git', null],
  ['../a.git', null],
  ['file:///srv/a.git', null],
  ['C:\\repos\\a', null],
])('names a remote without what may be secret: %s', (remote, address) => {
  expect(publicAddress(remote)).toBe(address);
});
