import { foldedBlock, tableBlock, type Section } from '../../packages/report/blocks';
import { countOf } from '../../packages/report/count';
import { escapeMarkup, nameMarkup } from '../../packages/report/markup';
import type { ImageReport } from './image-report';

/** Rows of a table that are shown; the others are in the reports that the page is made from. */
const mostFindings = 500;
const mostPackages = 5000;

export function findingsSection({ findings, notes, scanner, analysis }: ImageReport): Section {
  const position = new Map(analysis.layers.map(({ digest }, at) => [digest, String(at + 1)]));
  const open = findings.filter(({ accepted }) => !accepted);
  const accepted = findings.filter((finding) => finding.accepted);
  const columns = [
    { title: 'Severity', kind: 'fixed' },
    { title: 'Finding', kind: 'fixed' },
    { title: 'Layer', kind: 'number' },
    { title: 'Where and why', kind: 'path' },
  ] as const;
  const table = (label: string, list: ImageReport['findings']) =>
    tableBlock(
      label,
      columns,
      list
        .slice(0, mostFindings)
        .map(({ id, severity, layer, path, why, fix, reason }) => [
          `<span class="${severity === 'critical' || severity === 'high' ? 'bad' : severity === 'medium' ? 'warn' : 'soft'}">${severity}</span>`,
          nameMarkup(id),
          position.get(layer ?? '') ?? '',
          [
            path === null ? '' : `<code>${nameMarkup(path)}</code><br>`,
            nameMarkup(why),
            reason === null ? '' : `<br>Accepted: ${nameMarkup(reason)}`,
            fix === '' ? '' : `<br><span class="soft">${nameMarkup(fix)}</span>`,
          ].join(''),
        ]),
    );
  return {
    id: 'findings',
    title: 'Findings',
    note: `${open.length}; ${scanner === null ? 'audit only' : `audit and ${scanner}`}`,
    blocks: [
      notesBlock(notes),
      open.length === 0 ? '<p>Nothing was found that nobody has accepted.</p>' : table('Findings', open),
      accepted.length === 0
        ? ''
        : foldedBlock(`${accepted.length} accepted`, table('Accepted findings', accepted)),
    ],
  };
}

export function packagesSection({ packages, record }: ImageReport): Section {
  const section = { id: 'packages', title: 'Packages' };
  if (packages === null) {
    const text = `Nobody listed the packages of this image. Run nx docker-sbom ${record.project}.`;
    return { ...section, note: 'not listed', blocks: [`<p>${escapeMarkup(text)}</p>`] };
  }
  const counts = new Map<string, number>();
  for (const { type } of packages.packages) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
  const listed = packages.packages.slice(0, mostPackages);
  const more = packages.packages.length - listed.length;
  const table = tableBlock(
    'Packages',
    [{ title: 'Kind', kind: 'fixed' }, { title: 'Package' }, { title: 'Version' }, { title: 'Licence' }],
    listed.map(({ type, name, version, licences }) => [
      escapeMarkup(type),
      nameMarkup(name),
      nameMarkup(version || 'not known'),
      nameMarkup(licences.join(', ')),
    ]),
  );
  return {
    ...section,
    note: kinds || 'none',
    blocks: [
      notesBlock([
        ...packages.limits,
        ...(more > 0 ? [`${more} more packages are in docker-sbom's list.`] : []),
      ]),
      packages.packages.length === 0 ? '' : foldedBlock(countOf(packages.packages.length, 'package'), table),
    ],
  };
}

function notesBlock(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  return `<ul class="notes soft">${notes.map((note) => `<li>${nameMarkup(note)}</li>`).join('')}</ul>`;
}
