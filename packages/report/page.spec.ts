import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { barBlock, sectionBlocks, tableBlock, tilesBlock } from './blocks';
import { nameMarkup } from './markup';
import { packPageData } from './page-data';
import { pageScript } from './page-script.gen';
import { renderPage } from './page-shell';
import { pageStyle, reportStyle } from './page-style';

const hostile = `</script><img src=x onerror="alert('1')">&\u202e\u0007`;

it('allows its own style and script and nothing else', () => {
  const page = renderPage({
    title: hostile,
    style: 'p { margin: 0 }',
    body: ['<p>x</p>'],
    script: 'let a = 1;',
    data: 'AA==',
  });
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy?.split('; ')).toEqual([
    "default-src 'none'",
    `style-src ${hash('p { margin: 0 }')}`,
    `script-src ${hash('let a = 1;')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).not.toContain('<img');
  expect(page).not.toMatch(/unsafe|https?:/);
  expect(renderPage({ title: 'x', style: '', body: [] })).not.toContain('script');
});

it('has a script and a style that end no element and load nothing', () => {
  expect(pageScript).not.toMatch(/<\/script|<!--|https?:|fetch\(|XMLHttpRequest|innerHTML|eval\(|import\(/);
  expect(`${pageStyle}${reportStyle}`).not.toMatch(/<|url\(|@import/);
});

it('packs data into characters that mean nothing to a page', () => {
  const data = {
    files: { names: ['', hostile], sizes: [1, 5], layers: [0, 1] },
    layers: [{ title: hostile, colour: 1 }],
    wasted: [],
  };
  const packed = packPageData(data);
  expect(packed).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString())).toEqual(data);
});

it('shows names so that they can be read, and never as markup', () => {
  expect(nameMarkup(hostile)).toBe(
    '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;\\u202e\\u0007',
  );
  const blocks = [
    tableBlock(hostile, [{ title: hostile }], []),
    tilesBlock([{ name: hostile, value: hostile, note: hostile }]),
    barBlock(120, hostile),
    ...sectionBlocks([{ id: 'x', title: hostile, note: hostile, blocks: [] }]).parts,
  ];
  expect(blocks.join('')).not.toContain('<img');
  expect(barBlock(120, '')).toContain('fill over" width="100.00"');
  expect(barBlock(95, '')).toContain('fill near" width="95.00"');
});
