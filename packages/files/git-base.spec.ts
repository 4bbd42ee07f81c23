import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { readBlob } from '../process/git';
import { writeFiles } from './writer';

const path = 'apps/api/Dockerfile';
const first = 'FROM node\nWORKDIR /app\nUSER 1001\nEXPOSE 3000\n';

describe('the base of a merge, from a real repository', () => {
  let folder: string;
  let root: string;
  let tree: Tree;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, stdio: 'pipe' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'toolbox-base-'));
    root = join(folder, 'origin');
    mkdirSync(root);
    git('init', '-q');
    tree = createTreeWithEmptyWorkspace();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = async (content: string) => {
    const { results } = await writeFiles(tree, {
      owner: 'apps/api',
      scope: 'dockerfile',
      files: [{ path, content, ownership: 'generated' }],
      baseOf: (id) => readBlob(root, id),
    });
    return results[0]?.action;
  };
  const edit = (from: string, to: string) => tree.write(path, tree.read(path, 'utf-8')!.replace(from, to));
  const commit = () => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), tree.read(path)!);
    git('add', '.');
    git('commit', '-q', '-m', 'x');
  };

  it('merges over many rounds of edits, commits and new templates, and loses no edit', async () => {
    await write(first);
    commit();
    for (let round = 1; round <= 4; round += 1) {
      edit('FROM node', `# mine ${round}\nFROM node`);
      // Committed or not: the base of the second merge on lies in the lock, not in a file of the user's.
      if (round % 2 === 0) commit();
      expect(await write(first.replace('3000', `400${round}`))).toBe('merged');
    }
    expect(tree.read(path, 'utf-8')).toBe(
      first.replace('FROM', '# mine 1\n# mine 2\n# mine 3\n# mine 4\nFROM').replace('3000', '4004'),
    );
  });

  it('does not merge in a clone without the history that it needs', async () => {
    await write(first);
    commit();
    edit('USER 1001', 'USER 1002');
    commit();
    const clone = join(folder, 'clone');
    git('clone', '-q', '--depth', '1', `file://${root}`, clone);
    root = clone;
    expect(await write(first)).toBe('kept');
    expect(await write(first.replace('3000', '4000'))).toBe('conflict');
    expect(tree.read(path, 'utf-8')).toBe(first.replace('1001', '1002'));
  });
});
