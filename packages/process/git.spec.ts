import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlob } from './git';

describe('readBlob', () => {
  let root: string;
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'toolbox-git-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('gives the text of a blob that an earlier commit held', () => {
    git('init', '-q');
    const text = 'FROM node\n# grüß\n\n';
    writeFileSync(join(root, 'Dockerfile'), text);
    git('add', '.');
    const id = git('rev-parse', ':Dockerfile');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '-m', 'first');
    writeFileSync(join(root, 'Dockerfile'), 'other\n');
    expect(readBlob(root, id)).toBe(text);
  });

  it('gives null for an object that is not there, or is no blob', () => {
    git('init', '-q');
    writeFileSync(join(root, 'a'), 'a');
    git('add', '.');
    expect(readBlob(root, '0'.repeat(40))).toBeNull();
    expect(readBlob(root, git('write-tree'))).toBeNull();
  });

  it('gives null without a repository, and never passes on what is no id', () => {
    expect(readBlob(root, '0'.repeat(40))).toBeNull();
    expect(readBlob(join(root, 'missing'), '0'.repeat(40))).toBeNull();
    expect(readBlob(root, '--help')).toBeNull();
  });
});
