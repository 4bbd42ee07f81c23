import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { buildLayout, type FixtureEntry } from '../fixture-layout';
import { openLayout } from '../layout';
import { writeCycloneDx } from './cyclonedx';
import { goProgram } from './fixture-go-program';
import { purlOf } from './purl';
import { readPackages } from './read-packages';
import { writeSpdx } from './spdx';
import { readSbom } from './subject';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function layoutOf(...layers: (readonly FixtureEntry[])[]) {
  const folder = mkdtempSync(join(tmpdir(), 'toolbox-sbom-'));
  folders.push(folder);
  buildLayout(folder, layers);
  return openLayout(folder);
}
async function packagesOf(...layers: (readonly FixtureEntry[])[]): Promise<Record<string, string[]>> {
  const layout = layoutOf(...layers);
  const digests = layout.images[0]!.manifest.layers.map(({ digest }) => digest);
  const { packages } = await readPackages(layout, layout.images[0]!);
  return Object.fromEntries(
    packages.map((found) => [
      purlOf(found),
      found.occurrences.map(({ path, layer }) => `${digests.indexOf(layer) + 1}:${path}`),
    ]),
  );
}
const manifest = (name: string, version: string) => JSON.stringify({ name, version, license: 'MIT' });
const stanza = (name: string, version: string) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
const modulePath = (name: string) => `app/node_modules/${name}/package.json`;
const status = 'var/lib/dpkg/status';

describe('the packages of an image', () => {
  it('are those that the container sees', async () => {
    const found = await packagesOf(
      [
        { path: modulePath('a'), content: manifest('a', '1.0.0') },
        { path: modulePath('b'), content: manifest('b', '1.0.0') },
        { path: modulePath('c'), content: manifest('c', '1.0.0') },
        { path: 'old/node_modules/d/package.json', content: manifest('d', '1.0.0') },
        { path: 'dir/node_modules/e/package.json', content: manifest('e', '1.0.0') },
        { path: 'gone/node_modules/f/package.json', content: manifest('f', '1.0.0') },
      ],
      [
        { path: modulePath('a'), content: manifest('a', '2.0.0') },
        { path: 'app/node_modules/.wh.b' },
        { path: 'old/node_modules/new/package.json', content: manifest('new', '1.0.0') },
        { path: 'old/.wh..wh..opq' },
        { path: 'dir', content: 'a file now' },
        { path: '.wh.gone' },
      ],
    );
    expect(found).toEqual({
      'pkg:npm/a@2.0.0': ['2:app/node_modules/a/package.json'],
      'pkg:npm/c@1.0.0': ['1:app/node_modules/c/package.json'],
      'pkg:npm/new@1.0.0': ['2:old/node_modules/new/package.json'],
    });
  });

  it('are those of folders in node_modules, links to workspace packages and hard links included', async () => {
    const found = await packagesOf([
      { path: modulePath('a'), content: manifest('a', '1.0.0') },
      { path: 'app/node_modules/a/dist/package.json', content: manifest('not-a-package', '1.0.0') },
      { path: 'app/node_modules/.bin/package.json', content: manifest('bin', '1.0.0') },
      { path: 'app/libs/shared/package.json', content: manifest('@acme/shared', '0.1.0') },
      { path: 'app/libs/unused/package.json', content: manifest('@acme/unused', '0.1.0') },
      { path: 'app/node_modules/@acme/shared', type: '2', link: '../../libs/shared' },
      { path: 'store/0123', content: manifest('stored', '3.0.0') },
      { path: modulePath('stored'), type: '1', link: 'store/0123' },
      { path: 'copy/node_modules/a/package.json', type: '1', link: modulePath('a') },
    ]);
    expect(found).toEqual({
      'pkg:npm/%40acme/shared@0.1.0': ['1:app/libs/shared/package.json'],
      'pkg:npm/a@1.0.0': ['1:app/node_modules/a/package.json', '1:copy/node_modules/a/package.json'],
      'pkg:npm/stored@3.0.0': ['1:app/node_modules/stored/package.json'],
    });
  });

  it('belong to the layer that brought them, although each layer writes the whole database', async () => {
    const found = await packagesOf(
      [
        {
          path: status,
          content: [stanza('base', '1'), stanza('old', '1'), stanza('removed', '1')].join('\n'),
        },
      ],
      [{ path: status, content: [stanza('base', '1'), stanza('old', '2'), stanza('own', '1')].join('\n') }],
      [{ path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=13\n' }],
    );
    expect(found).toEqual({
      'pkg:deb/debian/base@1?arch=amd64&distro=debian-13': [`1:${status}`],
      'pkg:deb/debian/old@2?arch=amd64&distro=debian-13': [`2:${status}`],
      'pkg:deb/debian/own@1?arch=amd64&distro=debian-13': [`2:${status}`],
    });
  });

  it('say what is not known', async () => {
    const layout = layoutOf([
      { path: 'app/main.cjs', content: '// node_modules/fastify/fastify.js\n' },
      { path: 'app/min.js', content: 'x'.repeat(30_000) },
      { path: 'app/small.js', content: 'x' },
      { path: modulePath('broken'), content: '{' },
      { path: 'app/server', content: goProgram('go1.26.8', '') },
      { path: 'usr/sbin/nginx', content: '\x7fELF' },
      { path: 'etc/os-release', content: 'x'.repeat(70_000) },
    ]);
    const { packages, limits } = await readPackages(layout, layout.images[0]!);
    expect(packages.map(purlOf)).toEqual(['pkg:golang/stdlib@1.26.8', 'pkg:npm/fastify']);
    expect(limits.slice(1)).toEqual([
      'Incomplete: a bundle names packages without their versions: app/main.cjs.',
      'Incomplete: JavaScript outside of node_modules names no package; if it is a bundle, what is in it is not known: app/min.js.',
      'Incomplete: the version of this program was not found in it: usr/sbin/nginx.',
      'Incomplete: this Go program does not name its modules: app/server.',
      'Incomplete: this metadata names no package: app/node_modules/broken/package.json.',
      'Not read: etc/os-release has 70000 bytes, more than the 65536 that are read.',
    ]);
  });
});

describe('the documents', () => {
  const read = () =>
    readSbom(
      layoutOf(
        [
          {
            path: 'usr/lib/os-release',
            content: 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13"\n',
          },
          { path: `${status}.d/libc6`, content: stanza('libc6', '2.41-12+deb13u5') },
          {
            path: 'usr/share/doc/libc6/copyright',
            content:
              'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nLicense: GPL-2+\n\nLicense: ISC\n\nLicense: MIT or ISC\n',
          },
          { path: 'usr/local/bin/node', content: '\x7fELF node.js/v24.21.0 ' },
        ],
        [
          {
            path: modulePath('@a/b'),
            content: '{"name":"@a/b","version":"1.0.0","license":"(MIT OR Apache-2.0)"}',
          },
          { path: 'app/main.cjs', content: '// node_modules/fastify/fastify.js\n' },
          {
            path: 'opt/venv/lib/python3.13/site-packages/x-1.dist-info/METADATA',
            content: 'Name: X\nVersion: 1\nLicense: BSD\n',
          },
          { path: 'app/server', content: goProgram('go1.26.8', 'path\ta.b/c\nmod\ta.b/c\tv1.0.0\t\n') },
        ],
      ),
      {
        digest: `sha256:${'ab'.repeat(32)}`,
        tags: ['registry.example.com:5000/acme/api:dev'],
        project: 'api',
      },
    );
  const golden = (name: string) => readFileSync(join(__dirname, 'golden', name), 'utf8');

  it('are these', async () => {
    const { subject, inventory } = await read();
    // Another zlib makes other blobs of the same layers.
    const layers = [
      ...new Set(inventory.packages.flatMap(({ occurrences }) => occurrences.map(({ layer }) => layer))),
    ];
    const packages = inventory.packages.map((found) => ({
      ...found,
      occurrences: found.occurrences.map(({ path, layer }) => ({
        path,
        layer: `sha256:${layers.indexOf(layer)}`,
      })),
    }));
    const sbom = { subject, inventory: { ...inventory, packages } };
    expect(writeCycloneDx(sbom)).toBe(golden('sbom.cdx.json'));
    expect(writeSpdx(sbom)).toBe(golden('sbom.spdx.json'));
  });

  it('hold to the schema of CycloneDX', async () => {
    const document = JSON.parse(writeCycloneDx(await read())) as { components: { purl?: string }[] };
    const validate = cycloneDxValidator();
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...document, components: [{ type: 'nonsense' }] })).toBe(false);
  });

  it('name each element of SPDX once, and refer to none that is not there', async () => {
    const document = JSON.parse(writeSpdx(await read())) as {
      packages: { SPDXID: string; licenseDeclared: string }[];
      relationships: { relatedSpdxElement: string }[];
      hasExtractedLicensingInfos: { licenseId: string }[];
    };
    const ids = document.packages.map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.relationships.map(({ relatedSpdxElement }) => relatedSpdxElement)).toEqual(ids);
    const licences = document.packages.flatMap(
      ({ licenseDeclared }) => licenseDeclared.match(/LicenseRef-[\w.-]+/g) ?? [],
    );
    expect(document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId).sort()).toEqual(
      [...new Set(licences)].sort(),
    );
  });

  it('have another serial number where they say something else', async () => {
    const sbom = await read();
    const serial = (text: string) => (JSON.parse(text) as { serialNumber: string }).serialNumber;
    const fewer = { ...sbom, inventory: { ...sbom.inventory, packages: sbom.inventory.packages.slice(1) } };
    expect(serial(writeCycloneDx(fewer))).not.toBe(serial(writeCycloneDx(sbom)));
    expect(serial(writeCycloneDx(sbom))).toMatch(
      /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
  });
});

function cycloneDxValidator() {
  const schemas = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
  const schema = (name: string) =>
    JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return ajv.compile(schema('bom-1.6'));
}
