import { readFileSync } from 'node:fs';
import { parseApkInstalled } from './alpine';
import { BundleReader } from './bundle';
import { parseCopyright, parseDpkgStatus } from './debian';
import { parseOsRelease } from './distribution';
import { goProgram } from './fixture-go-program';
import { goMagic } from './go-build-info';
import { readLicence } from './licences';
import { parsePackageJson } from './npm';
import { ProgramReader } from './program-reader';
import { purlOf } from './purl';
import { parsePythonMetadata } from './python';

const debian = { id: 'debian', version: '13', name: 'Debian' };
const purls = (records: readonly Parameters<typeof purlOf>[0][]) => records.map(purlOf);

it('reads the distribution', () => {
  expect(
    parseOsRelease('NAME="x"\nID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'),
  ).toEqual({
    id: 'debian',
    version: '13',
    name: 'Debian GNU/Linux 13 (trixie)',
  });
  expect(parseOsRelease("ID='arch'\n")).toEqual({ id: 'arch', version: null, name: 'arch' });
  expect(parseOsRelease('NAME=x\n')).toBeNull();
});

it('reads the installed packages of dpkg, and no others', () => {
  const status = `Package: libstdc++6
Status: install ok installed
Architecture: amd64
Source: gcc-14 (14.2.0-19)
Version: 1:14.2.0-19+b1
Description: text
 Version: not this

Package: gone
Status: deinstall ok config-files
Version: 1

Package: kept
Status: hold ok installed
Version: 2
`;
  expect(purls(parseDpkgStatus(status, debian))).toEqual([
    'pkg:deb/debian/libstdc%2B%2B6@1:14.2.0-19%2Bb1?arch=amd64&distro=debian-13&upstream=gcc-14%4014.2.0-19',
    'pkg:deb/debian/kept@2?distro=debian-13',
  ]);
});

it('reads the licences of a machine-readable copyright file only', () => {
  const text =
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+\n\nFiles: b\nLicense: Expat\n\nLicense: GPL-2+\n text\n';
  expect(parseCopyright(text)).toEqual(['GPL-2+', 'Expat']);
  expect(parseCopyright('Somebody wrote this.\nLicense: GPL\n')).toEqual([]);
});

it('reads the packages of apk', () => {
  const installed =
    'C:Q1\nP:ssl_client\nV:1.37.0-r12\nA:x86_64\nL:GPL-2.0-only\no:busybox\nF:bin\nR:P\n\nP:musl\nV:1.2.5-r9\n';
  const records = parseApkInstalled(installed, { id: 'alpine', version: '3.24.2', name: 'Alpine' });
  expect(purls(records)).toEqual([
    'pkg:apk/alpine/ssl_client@1.37.0-r12?arch=x86_64&distro=alpine-3.24.2&upstream=busybox',
    'pkg:apk/alpine/musl@1.2.5-r9?distro=alpine-3.24.2',
  ]);
  expect(records.map(({ licences }) => licences)).toEqual([['GPL-2.0-only'], []]);
});

it.each([
  ['{"name":"@a/b","version":"1.0.0","license":"MIT"}', 'pkg:npm/%40a/b@1.0.0', ['MIT']],
  [
    '\uFEFF{"name":"b","version":"1.0.0-rc.1+x","license":{"type":"ISC"}}',
    'pkg:npm/b@1.0.0-rc.1%2Bx',
    ['ISC'],
  ],
  [
    '{"name":"b","version":"1","licenses":[{"type":"MIT"},{"type":"Apache2"}]}',
    'pkg:npm/b@1',
    ['MIT', 'Apache2'],
  ],
])('reads package.json %s', (text, purl, licences) => {
  const record = parsePackageJson(text)!;
  expect([purlOf(record), record.licences]).toEqual([purl, licences]);
});

it.each(['{"type":"module"}', '{"name":"x"}', '{', 'null', '{"name":1,"version":"1"}'])(
  'takes no package from package.json %s',
  (text) => expect(parsePackageJson(text)).toBeNull(),
);

it.each([
  [
    'Metadata-Version: 2.4\nName: Foo.Bar_Baz\nVersion: 1.0\nLicense-Expression: MIT OR Apache-2.0\nLicense: x\n\nName: other\n',
    'foo-bar-baz',
    ['MIT OR Apache-2.0'],
  ],
  ['Name: a\r\nVersion: 1\r\nLicense: BSD\r\n\r\n', 'a', ['BSD']],
  [
    'Name: a\nVersion: 1\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X\n',
    'a',
    ['MIT License'],
  ],
])('reads Python metadata', (text, name, licences) => {
  const record = parsePythonMetadata(text)!;
  expect([record.name, record.licences]).toEqual([name, licences]);
});

describe('a binary', () => {
  const read = (path: string, bytes: Buffer, size = 1000) => {
    const reader = new ProgramReader(path);
    for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
    return reader.end();
  };
  const modules = [
    'path\texample.com/app',
    'mod\texample.com/App\t(devel)\t',
    'dep\tgithub.com/a/b/v2\tv2.0.1\th1:x=',
    'dep\tgithub.com/old/fork\tv1.0.0',
    '=>\tgithub.com/new/fork\tv1.0.1\th1:y=',
    'dep\texample.com/local\tv0.0.0',
    '=>\t../local\t(devel)\t',
    'build\t-ldflags="-X main.secret=hunter2"',
    '',
  ].join('\n');

  it.each([1, 7, 64, 1_000_000])('of Go names its modules, whatever the chunks of %d bytes', (size) => {
    const found = read('app/server', goProgram('go1.26.8 X:nocoverageredesign', modules), size)!;
    expect(purls(found.go!.modules)).toEqual([
      'pkg:golang/stdlib@1.26.8',
      'pkg:golang/example.com/App',
      'pkg:golang/github.com/a/b/v2@v2.0.1',
      'pkg:golang/github.com/new/fork@v1.0.1',
      'pkg:golang/example.com/local',
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('of Go may hold the mark as data, too', () => {
    const decoy = Buffer.alloc(640);
    for (const at of [12, 316]) goMagic.copy(decoy, at);
    const found = read('app/server', goProgram('go1.26.8', modules, decoy));
    expect(found?.go?.go).toBe('go1.26.8');
  });

  it('that holds nothing but the mark, many times, is read soon', () => {
    const marks = Buffer.concat([
      Buffer.from('\x7fELF............', 'latin1'),
      ...Array<Buffer>(400_000).fill(Buffer.concat([goMagic, Buffer.from([8, 2])])),
    ]);
    const started = Date.now();
    expect(read('x', marks, 65_536)?.go ?? null).toBeNull();
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('of Node.js says its version', () => {
    const bytes = readFileSync(process.execPath);
    expect(read('usr/local/bin/node', bytes, 256 * 1024)?.version).toBe(process.versions.node);
  });

  it.each([
    ['usr/bin/python3.13', '\x003.12.9\x00 \x003.13.5+\x00', '3.13.5'],
    ['usr/lib/libpython3.13.so.1.0', '\x003.14.0\x00', null],
    ['usr/sbin/nginx', 'nginx version: nginx/1.26.3\n', '1.26.3'],
    ['usr/bin/node', 'node.js/v24.21.0Protocol', '24.21.0'],
  ])('%s says its version', (path, text, version) => {
    expect(
      read(path, Buffer.from(`\x7fELF${'-'.repeat(990)}${text}${'-'.repeat(990)}`, 'latin1'))?.version,
    ).toBe(version);
  });

  it('is none without the mark of one', () => {
    expect(read('usr/bin/node', Buffer.from('#!/bin/sh\necho node.js/v1.2.3\n'))).toBeNull();
    expect(read('bin/true', Buffer.from('\x7fELF----', 'latin1'))).toBeNull();
  });
});

it.each([
  ['// node_modules/fastify/lib/errors.js', 'fastify', null],
  ['// ../../node_modules/@fastify/error/index.js', '@fastify/error', null],
  ['//#region node_modules/.pnpm/vue@3.5.1/node_modules/vue/dist/vue.js', 'vue', '3.5.1'],
  ['// node_modules/.pnpm/@a+b@2.0.0_c@1.0.0/node_modules/@a/b/index.js', '@a/b', '2.0.0'],
  ['/***/ "../../node_modules/express/index.js":', 'express', null],
  ['// node_modules/a/node_modules/b/index.js', 'b', null],
])('finds what a bundle names: %s', (line, name, version) => {
  const reader = new BundleReader();
  for (const character of `"use strict";\n${line}\nvar x = 1;`) reader.write(Buffer.from(character));
  reader.end();
  expect([...reader.packages]).toEqual([[name, version]]);
});

it.each(['const x = "node_modules/fastify/x.js";', '// see node_modules/fastify', '// node_modules/.bin/x'])(
  'takes no package from %s',
  (line) => {
    const reader = new BundleReader();
    reader.write(Buffer.from(line));
    reader.end();
    expect([...reader.packages]).toEqual([]);
  },
);

it.each([
  ['mit', 'MIT', true],
  [
    '(MIT or Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0',
    '(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0',
    false,
  ],
  ['MIT License', null, false],
  ['MIT AND', null, false],
  ['(MIT', null, false],
  ['SEE LICENSE IN LICENSE', null, false],
  ['', null, false],
])('reads the licence %j', (stated, expression, isId) => {
  expect(readLicence(stated)).toEqual({ stated, expression, isId });
});

it('knows the licences of the list that CycloneDX checks with', () => {
  const schema = require
    .resolve('@cyclonedx/cyclonedx-library/package.json')
    .replace('package.json', 'res/schema/spdx.SNAPSHOT.schema.json');
  const { enum: listed } = JSON.parse(readFileSync(schema, 'utf8')) as { enum: string[] };
  expect(JSON.parse(readFileSync(`${__dirname}/licence-ids.json`, 'utf8'))).toEqual(listed);
});
