import type { Evidence } from './evidence';
import { parsePackageJson } from './npm';
import { parsePythonMetadata } from './python';

/** What is read, in one sentence: whatever is not in it is not catalogued. */
const scope =
  'Read are the records of dpkg and apk, package.json in node_modules, metadata of installed Python packages, the build information of Go programs, names that bundlers leave in JavaScript, and the versions in the programs node, python and nginx. Nothing else was looked for: not Java, Ruby, PHP, Rust or .NET, not libraries linked into other binaries, not files without a record.';

/** Each kind of gap that a file can leave. */
const gaps: readonly (readonly [what: string, has: (found: Evidence) => boolean])[] = [
  [
    'a bundle names packages without their versions',
    ({ bundled }) => bundled !== undefined && [...bundled.values()].includes(null),
  ],
  [
    'JavaScript outside of node_modules names no package; if it is a bundle, what is in it is not known',
    ({ bundled }) => bundled?.size === 0,
  ],
  [
    'the version of this program was not found in it',
    ({ program }) => program?.program != null && program.version === null && program.go === null,
  ],
  ['this Go program does not name its modules', ({ program }) => program?.go?.complete === false],
  ['this metadata names no package', isUnnamed],
];

/** What of an image could not be catalogued, as sentences for people; sorted, the same for the same image. */
export function limitsOf(files: ReadonlyMap<string, Evidence>): string[] {
  const list = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    scope,
    ...gaps.flatMap(([what, has]) =>
      sentence(
        what,
        list.filter(([, found]) => has(found)).map(([path]) => path),
      ),
    ),
    ...list.flatMap(([path, { unread }]) => (unread === undefined ? [] : [`Not read: ${path} ${unread}.`])),
  ];
}

function isUnnamed({ kind, text, unread }: Evidence): boolean {
  if (unread !== undefined || text === undefined) return false;
  if (kind === 'package-json') return parsePackageJson(text) === null;
  return kind === 'python-metadata' && parsePythonMetadata(text) === null;
}

/** One sentence for all files with the same gap; long lists are cut. */
function sentence(what: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return [`Incomplete: ${what}: ${paths.slice(0, 5).join(', ')}${more}.`];
}
