import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyseImage } from './analyse';
import { DuplicateFinder } from './duplicates';
import { buildLayout, type FixtureEntry } from './fixture-layout';
import { openLayout, type LayoutImage } from './layout';
import { SeveralObservers } from './several-observers';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'toolbox-duplicates-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function find(...layers: readonly (readonly FixtureEntry[])[]) {
  buildLayout(folder, layers);
  const layout = openLayout(folder);
  const [first, second] = [new DuplicateFinder(), new DuplicateFinder()];
  const both = new SeveralObservers([first, second]);
  const { largest } = await analyseImage(layout, layout.images[0] as LayoutImage, 1000, both);
  expect(second.among(largest)).toEqual(first.among(largest));
  return first.among(largest);
}

const large = (letter: string, size = 5000) => letter.repeat(size);

it('finds files of one content in whichever layers, the most wasteful first', async () => {
  const found = await find(
    [
      { path: 'a', content: large('x') },
      { path: 'b', content: large('y', 9000) },
      { path: 'other', content: large('z') },
    ],
    [
      { path: 'c', content: large('x') },
      { path: 'd', content: large('x') },
      { path: 'e', content: large('y', 9000) },
    ],
  );
  expect(found).toEqual({
    wasted: 19_000,
    groups: [
      { bytes: 5000, paths: ['a', 'c', 'd'], wasted: 10_000 },
      { bytes: 9000, paths: ['b', 'e'], wasted: 9000 },
    ],
  });
});

it('takes no hard link, no small file and no hidden one for a copy', async () => {
  const found = await find(
    [
      { path: 'a', content: large('x') },
      { path: 'link', type: '1', link: 'a' },
      { path: 'gone', content: large('x') },
      { path: 'changed', content: large('x') },
      { path: 'shrunk', content: large('x') },
      { path: 'small-1', content: 'same' },
      { path: 'small-2', content: 'same' },
    ],
    [{ path: '.wh.gone' }, { path: 'changed', content: large('y') }, { path: 'shrunk', content: 'x' }],
  );
  expect(found).toEqual({ wasted: 0, groups: [] });
});
