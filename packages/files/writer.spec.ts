import fc from 'fast-check';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { Tree } from '@nx/devkit';
import { blobId } from './content';
import { writeFiles } from './writer';
import { formatConflicts } from './report';
import type { Ownership } from './types';

const base = ['FROM node', 'WORKDIR /app', 'COPY . .', 'USER 1001', 'EXPOSE 3000', 'CMD ["node"]', ''].join(
  '\n',
);

describe('writeFiles', () => {
  let tree: Tree;
  let blobs: Map<string, string>;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    blobs = new Map();
  });

  /** Like `git add`: what is generated can be read back as a blob. */
  const remember = (text: string) => blobs.set(blobId(text), text);
  const write = (
    content: string,
    more: { path?: string; ownership?: Ownership; force?: boolean; scope?: string } = {},
  ) =>
    writeFiles(tree, {
      owner: 'apps/api',
      scope: more.scope ?? 'dockerfile',
      files: [
        { path: more.path ?? 'apps/api/Dockerfile', content, ownership: more.ownership ?? 'generated' },
      ],
      force: more.force,
      baseOf: (id) => blobs.get(id) ?? null,
    });
  const disk = (path = 'apps/api/Dockerfile') => tree.read(path, 'utf-8');
  const lock = () => disk('apps/api/toolbox.lock.json');
  const actions = (report: Awaited<ReturnType<typeof write>>) => report.results.map(({ action }) => action);

  it('creates a file and records its git blob id', async () => {
    expect(actions(await write(base))).toEqual(['created']);
    expect(disk()).toBe(base);
    expect(JSON.parse(lock() ?? '')).toEqual({
      schemaVersion: 1,
      files: { Dockerfile: { scope: 'dockerfile', blob: blobId(base) } },
    });
  });

  it('writes nothing when nothing changed', async () => {
    await write(base);
    const writes = jest.spyOn(tree, 'write');
    expect(actions(await write(base))).toEqual(['unchanged']);
    expect(writes).not.toHaveBeenCalled();
  });

  it('rewrites an unedited file when the template changed', async () => {
    await write(base);
    expect(actions(await write(base.replace('3000', '4000')))).toEqual(['updated']);
    expect(disk()).toContain('EXPOSE 4000');
  });

  it("keeps the user's edit where the template did not change, without any base", async () => {
    await write(base);
    tree.write('apps/api/Dockerfile', base.replace('USER 1001', 'USER 1001\nRUN mine'));
    expect(actions(await write(base))).toEqual(['kept']);
    expect(disk()).toContain('RUN mine');
  });

  it("merges the user's edit with a change of the template, again and again", async () => {
    await write(base);
    remember(base);
    tree.write('apps/api/Dockerfile', base.replace('FROM node', '# mine\nFROM node'));
    expect(actions(await write(base.replace('3000', '4000')))).toEqual(['merged']);
    expect(disk()).toBe(base.replace('FROM node', '# mine\nFROM node').replace('3000', '4000'));
    expect(actions(await write(base.replace('3000', '4000')))).toEqual(['kept']);
    // The text generated the second time was never a file of its own: the lock carries it.
    expect(actions(await write(base.replace('3000', '5000')))).toEqual(['merged']);
    expect(disk()).toBe(base.replace('FROM node', '# mine\nFROM node').replace('3000', '5000'));
  });

  it('reports a conflict with its lines and leaves the file as it is', async () => {
    await write(base);
    remember(base);
    const edited = base.replace('EXPOSE 3000', 'EXPOSE 3999');
    tree.write('apps/api/Dockerfile', edited);
    const before = lock();
    const report = await write(base.replace('3000', '4000'));
    expect(actions(report)).toEqual(['conflict']);
    expect(formatConflicts(report)[0]).toMatch(/^apps\/api\/Dockerfile:5: your change/);
    expect(disk()).toBe(edited);
    expect(lock()).toBe(before);
    expect(actions(await write(base.replace('3000', '4000'), { force: true }))).toEqual(['updated']);
    expect(disk()).toContain('EXPOSE 4000');
  });

  it('counts an edited file without a base as a conflict', async () => {
    await write(base);
    tree.write('apps/api/Dockerfile', `${base}# mine\n`);
    expect(actions(await write(base.replace('3000', '4000')))).toEqual(['conflict']);
  });

  it('never overwrites a file that was there before, unless it is the same', async () => {
    tree.write('apps/api/Dockerfile', 'FROM mine\n');
    expect(actions(await write(base))).toEqual(['conflict']);
    expect(disk()).toBe('FROM mine\n');
    tree.write('apps/api/Dockerfile', base);
    expect(actions(await write(base))).toEqual(['unchanged']);
  });

  it('keeps line endings and the byte order mark of the file', async () => {
    await write(base);
    tree.write('apps/api/Dockerfile', `\uFEFF${base.replace(/\n/g, '\r\n')}`);
    expect(actions(await write(base))).toEqual(['unchanged']);
    expect(actions(await write(base.replace('3000', '4000')))).toEqual(['updated']);
    expect(disk()).toBe(`\uFEFF${base.replace('3000', '4000').replace(/\n/g, '\r\n')}`);
  });

  it('compares YAML by value: formatting is no edit, a comment of the user is not lost', async () => {
    const path = 'apps/api/compose.yml';
    await write('a: 1\nb: [1, 2]\n', { path });
    tree.write(path, 'a:   1\nb:\n  - 1\n  - 2\n');
    expect(actions(await write('a: 1\nb: [1, 2]\n', { path }))).toEqual(['unchanged']);
    expect(actions(await write('a: 2\nb: [1, 2]\n', { path }))).toEqual(['updated']);
    tree.write(path, '# why\na: 2\nb: [ 1, 2 ]\n');
    expect(actions(await write('a: 3\nb: [1, 2]\n', { path }))).toEqual(['conflict']);
    expect(disk(path)).toContain('# why');
  });

  it('writes a scaffolded file once', async () => {
    await write('one\n', { path: 'apps/api/src/main.ts', ownership: 'scaffolded' });
    expect(actions(await write('two\n', { path: 'apps/api/src/main.ts', ownership: 'scaffolded' }))).toEqual([
      'kept',
    ]);
    expect(disk('apps/api/src/main.ts')).toContain('one');
  });

  it('removes what its family no longer generates, and only that', async () => {
    await write('a\n', { path: 'apps/api/old' });
    await write('b\n', { path: 'apps/api/edited', scope: 'other' });
    await write('c\n', { path: 'apps/api/new' });
    expect([
      tree.exists('apps/api/old'),
      tree.exists('apps/api/edited'),
      tree.exists('apps/api/new'),
    ]).toEqual([false, true, true]);
    tree.write('apps/api/edited', 'mine\n');
    expect(actions(await write('d\n', { path: 'apps/api/other', scope: 'other' }))).toEqual([
      'created',
      'kept',
    ]);
    expect(disk('apps/api/edited')).toBe('mine\n');
  });

  it.each(['../x', '/etc/x', 'a/../../x', 'C:/x', 'a\\b', ''])(
    'refuses %j and writes nothing',
    async (path) => {
      const before = tree.listChanges().length;
      await expect(write('x', { path })).rejects.toThrow('leaves the workspace');
      expect(tree.listChanges()).toHaveLength(before);
    },
  );

  it('never loses an edit: it is in the result, or a conflict is reported and the file untouched', async () => {
    const line = fc.constantFrom('RUN a', 'RUN b', 'USER 1', '', 'CMD x', 'ENV A=1');
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(11), async (first, second, at) => {
        tree = createTreeWithEmptyWorkspace();
        blobs = new Map();
        await write(first);
        remember(first);
        const lines = first.split('\n');
        lines.splice(Math.min(at, lines.length - 1), 0, '# the user was here');
        const edited = lines.join('\n');
        tree.write('apps/api/Dockerfile', edited);
        const report = await write(second);
        if (report.conflicts.length > 0) expect(disk()).toBe(edited);
        else expect(disk()).toContain('# the user was here');
        const again = disk();
        await write(second);
        expect(disk()).toBe(again);
      }),
      { numRuns: 300 },
    );
  });
});
