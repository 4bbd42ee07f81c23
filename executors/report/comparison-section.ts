import { foldedBlock, tableBlock, type Section } from '../../packages/report/blocks';
import { escapeMarkup, nameMarkup } from '../../packages/report/markup';
import { megabytes } from '../../packages/report/megabytes';
import type { Change, Comparison } from './compare';

const mostFolders = 20;
const mostPackages = 1000;

export function comparisonSection(comparison: Comparison | null, baselineFile: string): Section {
  const section = { id: 'comparison', title: 'Comparison' };
  if (comparison === null) {
    const text = `There is nothing to compare with. Copy summary.json, which lies beside this page, to ${baselineFile}: later reports compare with it.`;
    return { ...section, note: '', blocks: [`<p>${escapeMarkup(text)}</p>`] };
  }
  const { digest, totals, folders, layers, packages } = comparison;
  const row = (change: Change, shown: (value: number) => string) => [
    nameMarkup(change.name),
    shown(change.before),
    shown(change.now),
    difference(change, shown),
  ];
  const columns = (first: string) =>
    [
      { title: first, kind: 'path' },
      { title: 'Before', kind: 'number' },
      { title: 'Now', kind: 'number' },
      { title: 'Difference', kind: 'number' },
    ] as const;
  return {
    ...section,
    note: `with ${digest.slice(0, 19)}… of ${baselineFile}`,
    blocks: [
      tableBlock(
        'Sizes before and now',
        columns('What'),
        totals.map((change) => row(change, change.name === 'Files' ? String : megabytes)),
      ),
      `<p>Layers: ${layers.same} the same, ${layers.added} new, ${layers.removed} gone.</p>`,
      folders.length === 0
        ? ''
        : tableBlock(
            'Folders that changed',
            columns('Folder'),
            folders.slice(0, mostFolders).map((change) => row(change, megabytes)),
          ),
      packages === null ? '' : packagesBlock(packages),
    ],
  };
}

function packagesBlock({ added, removed, updated }: NonNullable<Comparison['packages']>): string {
  if (added.length + removed.length + updated.length === 0) return '<p>The same packages.</p>';
  const readable = (purl: string) => nameMarkup(purl.replace(/^pkg:/, '').replaceAll('%40', '@'));
  const rows = [
    ...updated.map(({ name, before, now }) => [
      'updated',
      readable(name),
      `${readable(before)} → ${readable(now)}`,
    ]),
    ...added.map((purl) => ['added', readable(purl), '']),
    ...removed.map((purl) => ['removed', readable(purl), '']),
  ];
  const summary = `Packages: ${updated.length} updated, ${added.length} added, ${removed.length} removed`;
  const columns = [
    { title: '', kind: 'fixed' },
    { title: 'Package', kind: 'path' },
    { title: 'Version' },
  ] as const;
  return foldedBlock(summary, tableBlock('Packages that changed', columns, rows.slice(0, mostPackages)));
}

/** More is worse. */
function difference({ before, now }: Change, shown: (value: number) => string): string {
  if (before === now) return '<span class="soft">0</span>';
  const text = `${now > before ? '+' : '−'}${shown(Math.abs(now - before))}`;
  const percent =
    before === 0
      ? ''
      : ` (${now > before ? '+' : '−'}${((100 * Math.abs(now - before)) / before).toFixed(1)} %)`;
  return `<span class="${now > before ? 'bad' : 'good'}">${text}${percent}</span>`;
}
