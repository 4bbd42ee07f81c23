import type { PackageRecord } from './package-record';

/** A program that images often hold without a package manager's record, and the mark that its binary carries. */
interface KnownProgram {
  readonly name: string;
  readonly file: RegExp;
  /** Texts around the version, first match wins. One group: the version. */
  readonly marks: (path: string) => readonly RegExp[];
  readonly cpe: (version: string) => string;
}

const release = String.raw`\d+\.\d+\.\d+`;

const programs: readonly KnownProgram[] = [
  {
    name: 'node',
    file: /(?:^|\/)(?:node|nodejs|libnode\.so[.\d]*)$/,
    // The name that Node.js gives itself as a server of its inspector, and where its headers are.
    marks: () => [
      new RegExp(String.raw`node\.js/v(${release})(?![\d.])`),
      new RegExp(`/node-v(${release})(?:-headers)?\\.tar\\.gz`),
    ],
    cpe: (version) => `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
  },
  {
    name: 'python',
    file: /(?:^|\/)(?:python\d\.\d+|libpython\d\.\d+\.so[.\d]*)$/,
    // The text of sys.version begins with it; the file's name says which release series.
    marks: (path) => {
      const [, series = ''] = /python(\d\.\d+)(?:\.so[.\d]*)?$/.exec(path) ?? [];
      return [new RegExp(`\\0(${series.replace('.', '\\.')}\\.\\d+(?:(?:a|b|rc)\\d+)?)\\+?\\0`)];
    },
    cpe: (version) => `cpe:2.3:a:python:python:${version}:*:*:*:*:*:*:*`,
  },
  {
    name: 'nginx',
    file: /(?:^|\/)nginx$/,
    marks: () => [new RegExp(`nginx version: nginx/(${release})`)],
    cpe: (version) => `cpe:2.3:a:f5:nginx:${version}:*:*:*:*:*:*:*`,
  },
];

/** Whether a file of this name is one of the programs whose version is looked for. */
export function knownProgram(path: string): KnownProgram | null {
  return programs.find(({ file }) => file.test(path)) ?? null;
}

/** Longest text that has to lie in one piece to be found. */
export const longestMark = 256;

/** Looks for a program's version in a part of its binary. */
export function findVersion(program: KnownProgram, path: string, bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  for (const mark of program.marks(path)) {
    const [, version] = mark.exec(text) ?? [];
    if (version !== undefined) return version;
  }
  return null;
}

export function programPackage({ name, cpe }: KnownProgram, version: string): PackageRecord {
  return {
    type: 'generic',
    namespace: '',
    name,
    version,
    qualifiers: {},
    licences: [],
    cpe: cpe(version),
  };
}

export type { KnownProgram };
