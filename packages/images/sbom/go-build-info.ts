import type { PackageRecord } from './package-record';

/** First bytes of the section `.go.buildinfo`, which lies at a multiple of 16. Split, so that this file does not hold them. */
export const goMagic = Buffer.from(['\xff Go', 'buildinf:'].join(' '), 'latin1');
export const goAlignment = 16;

/** Longest build information that is kept; a program of 1,000 modules has some 100 kB. */
export const longestGoBuildInfo = 4 * 1024 * 1024;

/** Where the texts begin after the magic. */
const headerSize = 32;

/** What a Go program says of itself. */
export interface GoBuildInfo {
  /** E.g. `go1.26.8`. */
  readonly go: string;
  /** Modules that are compiled in, the standard library first. */
  readonly modules: readonly PackageRecord[];
  /** False: it was built without modules, and what is compiled in is not known. */
  readonly complete: boolean;
}

/**
 * Reads the build information that Go's linker puts into a program (package debug/buildinfo of Go's own library).
 * @param bytes from the magic on
 * @returns null where it is none (another program may hold the magic as data), or of a Go before 1.18, which kept pointers there
 */
export function parseGoBuildInfo(bytes: Buffer): GoBuildInfo | null {
  const inline = 2;
  if (bytes.length < headerSize || (bytes[15]! & inline) === 0) return null;
  const version = textAt(bytes, headerSize, 256);
  if (version === null || !/^(?:go\d|devel )/.test(version.text)) return null;
  const modules = textAt(bytes, version.end, longestGoBuildInfo);
  if (modules === null) return null;
  const go = version.text.split(' ')[0]!;
  const list = unframed(modules.text);
  return {
    go,
    modules: [...standardLibrary(version.text), ...parseModules(list)],
    complete: /^path\t/m.test(list),
  };
}

/** A length as an unsigned varint, then so many bytes. */
function textAt(
  bytes: Buffer,
  start: number,
  longest: number,
): { readonly text: string; readonly end: number } | null {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) return null;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > longest || at + length > bytes.length) return null;
  return { text: bytes.toString('latin1', at, at + length), end: at + length };
}

/** The list of modules stands between two marks of 16 bytes. */
function unframed(text: string): string {
  return text.length >= 33 && text.at(-17) === '\n' ? text.slice(16, -16) : '';
}

/** Lines of `kind<TAB>path<TAB>version<TAB>sum`; `=>` replaces the module of the line before. Build settings may hold secrets and are not read. */
function parseModules(text: string): PackageRecord[] {
  const modules: PackageRecord[] = [];
  for (const line of Buffer.from(text, 'latin1').toString('utf8').split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t');
    if ((kind === 'mod' || kind === 'dep') && path !== '') modules.push(goModule(path, version));
    if (kind !== '=>' || modules.length === 0) continue;
    const replaced = modules.pop()!;
    // A folder in place of a module has no version, and its path says something on the builder's machine only.
    modules.push(/^\.{0,2}\//.test(path) ? { ...replaced, version: null } : goModule(path, version));
  }
  return modules;
}

function standardLibrary(version: string): PackageRecord[] {
  const [, release] = /^go(\S+)/.exec(version) ?? [];
  return release === undefined ? [] : [goModule('stdlib', release)];
}

/** Module paths are told apart by case, so they keep it, although the specification of package URLs would have them in lower case. */
function goModule(path: string, version: string): PackageRecord {
  const slash = path.lastIndexOf('/');
  return {
    type: 'golang',
    namespace: path.slice(0, Math.max(0, slash)),
    name: path.slice(slash + 1),
    version: version === '' || version === '(devel)' ? null : version,
    qualifiers: {},
    licences: [],
  };
}
