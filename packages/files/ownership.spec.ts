import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { blobId } from './content';
import { checkLinks } from './paths';
import { formatConflicts } from './report';
import { writeFiles, type WriteRequest } from './writer';

const path = 'apps/api/Dockerfile';
const base = ['FROM node', 'WORKDIR /app', 'COPY . .', 'USER 1001', 'EXPOSE 3000', 'CMD ["node"]', ''].join(
  '\n',
);

describe('ownership', () => {
  let tree: Tree;
  let blobs: Map<string, string>;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    blobs = new Map([[blobId(base), base]]);
  });

  const write = async (content: string, more: Partial<WriteRequest> = {}, at = path) => {
    const report = await writeFiles(tree, {
      owner: 'apps/api',
      scope: 'dockerfile',
      files: [{ path: at, content, ownership: 'generated' }],
      baseOf: (id) => blobs.get(id) ?? null,
      ...more,
    });
    return { ...report, actions: report.results.map(({ action }) => action) };
  };
  const disk = (at = path) => tree.read(at, 'utf-8');
  const edit = (from: string, to: string) => tree.write(path, disk()!.replace(from, to));

  describe('--force', () => {
    it('takes our lines only where they conflict, and keeps the other edits', async () => {
      await write(base);
      edit('EXPOSE 3000', 'EXPOSE 9999');
      edit('FROM node', '# mine\nFROM node');
      const template = base.replace('3000', '4000');
      expect((await write(template)).actions).toEqual(['conflict']);
      expect((await write(template, { force: true })).actions).toEqual(['merged']);
      expect(disk()).toBe(template.replace('FROM node', '# mine\nFROM node'));
      expect((await write(template)).actions).toEqual(['kept']);
    });

    it('leaves an edit alone that conflicts with nothing', async () => {
      await write(base);
      edit('USER 1001', 'USER 1001\nRUN mine');
      const before = disk();
      expect((await write(base, { force: true })).actions).toEqual(['kept']);
      expect(disk()).toBe(before);
    });

    it('takes the whole text where the file was there before toolbox', async () => {
      tree.write(path, 'FROM mine\n');
      expect((await write(base, { force: true })).actions).toEqual(['updated']);
      expect(disk()).toBe(base);
    });
  });

  describe('--keep', () => {
    it("keeps the user's lines where they conflict, takes the rest, and the conflict does not come again", async () => {
      await write(base);
      edit('EXPOSE 3000', 'EXPOSE 9999');
      const template = base.replace('3000', '4000').replace('FROM node', 'FROM node:24');
      expect((await write(template)).actions).toEqual(['conflict']);
      expect((await write(template, { keep: true })).actions).toEqual(['merged']);
      expect(disk()).toBe(template.replace('4000', '9999'));
      expect((await write(template)).actions).toEqual(['kept']);
      expect((await write(template.replace('/app', '/srv'))).actions).toEqual(['merged']);
      expect(disk()).toBe(template.replace('4000', '9999').replace('/app', '/srv'));
    });

    it('adopts a file that was there before toolbox', async () => {
      tree.write(path, 'FROM mine\n');
      expect((await write(base, { keep: true })).actions).toEqual(['kept']);
      expect((await write(base)).actions).toEqual(['kept']);
      expect(disk()).toBe('FROM mine\n');
    });

    it('merges a new template into the adopted file', async () => {
      tree.write(path, base.replace('USER 1001', 'USER 5'));
      await write(base, { keep: true });
      blobs.clear();
      expect((await write(base.replace('FROM node', 'FROM node:24'))).actions).toEqual(['merged']);
      expect(disk()).toBe(base.replace('USER 1001', 'USER 5').replace('FROM node', 'FROM node:24'));
    });

    it('excludes --force', async () => {
      await expect(write(base, { keep: true, force: true })).rejects.toThrow('exclude each other');
    });
  });

  it.each([
    ['was there before toolbox', async () => tree.write(path, 'FROM mine\n'), /was there before toolbox/],
    [
      'was edited, and git does not have what was generated',
      async () => {
        await write(base);
        blobs.clear();
        edit('USER 1001', 'USER 0');
      },
      /git does not have the text/,
    ],
    [
      'is not text',
      async () => {
        await write(base);
        tree.write(path, Buffer.from([0x46, 0xff, 0xfe, 0x0a]));
      },
      /is not UTF-8/,
    ],
  ])('says in one line why a file conflicts that %s', async (_, prepare, message) => {
    await prepare();
    const before = tree.read(path);
    const report = await write(base.replace('3000', '4000'));
    expect(formatConflicts(report)).toEqual([expect.stringMatching(message)]);
    expect(formatConflicts(report)[0]).toMatch(/^apps\/api\/Dockerfile: .* --force .* --keep /);
    expect(tree.read(path)).toEqual(before);
  });

  it('still writes the other files beside a conflict', async () => {
    tree.write(path, 'FROM mine\n');
    const report = await write('', {
      files: [
        { path, content: base, ownership: 'generated' },
        { path: 'apps/api/other', content: 'x\n', ownership: 'generated' },
      ],
    });
    expect(report.actions).toEqual(['conflict', 'created']);
    expect(disk('apps/api/other')).toBe('x\n');
  });

  it('goes on knowing an edited file that is not generated for a while', async () => {
    await write(base);
    edit('USER 1001', 'USER 1001\nRUN mine');
    expect((await write('', { files: [] })).actions).toEqual(['kept']);
    expect((await write(base)).actions).toEqual(['kept']);
  });

  it('passes on the mode of a script', async () => {
    const file = {
      path: 'apps/api/run.sh',
      content: '#!/bin/sh\n',
      ownership: 'generated',
      mode: 0o755,
    } as const;
    await write('', { files: [file] });
    const [change] = tree.listChanges().filter((one) => one.path === file.path);
    expect(change?.options).toEqual({ mode: 0o755 });
  });

  describe('YAML', () => {
    const yaml = 'apps/api/compose.yml';
    it.each([
      ['a tag', 'ports: [80]\nx: 1\n', 'ports: !reset [80]\nx: 1\n'],
      ['an anchor', 'a: [80]\nb: [80]\nx: 1\n', 'a: &p [80]\nb: *p\nx: 1\n'],
      ['the digits of a number', 'a: 3.1\nx: 1\n', 'a: 3.10\nx: 1\n'],
    ])('takes %s for an edit', async (_, generated, edited) => {
      await write(generated, {}, yaml);
      tree.write(yaml, edited);
      expect((await write(generated.replace('x: 1', 'x: 2'), {}, yaml)).actions).toEqual(['conflict']);
      expect(disk(yaml)).toBe(edited);
    });

    it('gives a new comment of ours to a file that nobody touched, and leaves a formatted one', async () => {
      await write('# old\na: 1\n', {}, yaml);
      expect((await write('# new\na: 1\n', {}, yaml)).actions).toEqual(['updated']);
      tree.write(yaml, '# new\na:   1\n');
      expect((await write('# newer\na: 1\n', {}, yaml)).actions).toEqual(['unchanged']);
      expect(disk(yaml)).toBe('# new\na:   1\n');
    });

    it('never writes a merge that does not parse', async () => {
      const generated = 'a: 1\nb: 2\nc: 3\nd: 4\n';
      blobs.set(blobId(generated), generated);
      await write(generated, {}, yaml);
      // Both add the same key, in different places.
      tree.write(yaml, `x: 1\n${generated}`);
      const report = await write(`${generated}x: 2\n`, {}, yaml);
      expect(report.actions).toEqual(['conflict']);
      expect(formatConflicts(report)[0]).toContain('would not parse');
      expect(disk(yaml)).toBe(`x: 1\n${generated}`);
    });
  });

  describe('places where nothing is written', () => {
    it('a folder in the way', async () => {
      tree.write(`${path}/notes.txt`, 'mine');
      await expect(write(base)).rejects.toThrow(/^apps\/api\/Dockerfile: is a folder/);
    });

    it('a lock that names a file outside the workspace', async () => {
      const entry = { scope: 'dockerfile', blob: blobId('x') };
      const lock = { schemaVersion: 1, files: { '../../../x': entry } };
      tree.write('apps/api/toolbox.lock.json', JSON.stringify(lock));
      await expect(write(base)).rejects.toThrow('leaves the workspace');
      expect(tree.exists(path)).toBe(false);
    });

    it.each([
      ['{', 'is not JSON'],
      ['{"schemaVersion":2,"files":{}}', 'another version'],
      ['{"schemaVersion":1,"files":{"a":{"scope":"x"}}}', 'no blob id'],
    ])('a broken lock: %s', async (text, message) => {
      tree.write('apps/api/toolbox.lock.json', text);
      await expect(write(base)).rejects.toThrow(message);
      expect(tree.exists(path)).toBe(false);
    });

    it('a base in the lock that is not the text of its blob', async () => {
      await write(base);
      const lock = JSON.parse(disk('apps/api/toolbox.lock.json')!) as { files: { Dockerfile: object } };
      Object.assign(lock.files.Dockerfile, { base: 'something else\n' });
      tree.write('apps/api/toolbox.lock.json', JSON.stringify(lock));
      blobs.clear();
      edit('USER 1001', 'USER 0');
      expect((await write(base.replace('3000', '4000'))).actions).toEqual(['conflict']);
    });

    it('a symbolic link that leads out of the workspace, also one to nothing', async () => {
      const root = mkdtempSync(join(tmpdir(), 'toolbox-files-'));
      try {
        mkdirSync(join(root, 'workspace/apps'), { recursive: true });
        mkdirSync(join(root, 'outside'));
        const workspace = join(root, 'workspace');
        symlinkSync('../../outside', join(workspace, 'apps/out'));
        symlinkSync('../../missing', join(workspace, 'apps/dangling'));
        symlinkSync('.', join(workspace, 'apps/in'));
        for (const bad of ['apps/out', 'apps/out/new/Dockerfile', 'apps/dangling'])
          expect(() => checkLinks(workspace, bad)).toThrow('through a symbolic link');
        Object.assign(tree, { root: workspace });
        await expect(write(base, {}, 'apps/out/Dockerfile')).rejects.toThrow('through a symbolic link');
        expect(tree.exists('apps/out/Dockerfile')).toBe(false);
        for (const good of ['apps/in/Dockerfile', 'apps/new/Dockerfile', 'Dockerfile'])
          expect(() => checkLinks(workspace, good)).not.toThrow();
      } finally {
        rmSync(root, { recursive: true });
      }
    });
  });
});
