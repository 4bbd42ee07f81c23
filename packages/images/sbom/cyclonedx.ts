import { readLicence } from './licences';
import type { FoundPackage } from './package-record';
import { purlOf } from './purl';
import { uuidOf, type Sbom } from './subject';

/** CycloneDX 1.6 as JSON. Nothing in it depends on the clock: the serial number follows from the content. */
export function writeCycloneDx({ subject, inventory }: Sbom): string {
  const { distribution, packages, limits } = inventory;
  const content = {
    metadata: {
      tools: { components: [{ type: 'application', name: 'toolbox' }] },
      component: {
        type: 'container',
        'bom-ref': subject.purl,
        name: subject.name,
        version: subject.digest,
        hashes: [{ alg: 'SHA-256', content: subject.digest.slice('sha256:'.length) }],
        purl: subject.purl,
      },
      // What is not catalogued; the composition below says the same to programs.
      properties: limits.map((value) => ({ name: 'toolbox:limit', value })),
    },
    components: [
      ...(distribution === null
        ? []
        : [
            {
              type: 'operating-system',
              'bom-ref': `os:${distribution.id}`,
              name: distribution.id,
              ...(distribution.version === null ? {} : { version: distribution.version }),
              description: distribution.name,
            },
          ]),
      ...packages.map(component),
    ],
    compositions: [{ aggregate: 'incomplete', assemblies: [subject.purl] }],
  };
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(content)}`,
    version: 1,
    ...content,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function component(found: FoundPackage): object {
  const { type, namespace, name, version, cpe, occurrences } = found;
  const purl = purlOf(found);
  const grouped = namespace !== '' && type === 'npm';
  return {
    type: type === 'generic' ? 'application' : 'library',
    'bom-ref': purl,
    ...(grouped ? { group: namespace } : {}),
    name: type === 'golang' && namespace !== '' ? `${namespace}/${name}` : name,
    ...(version === null ? {} : { version }),
    ...licences(found),
    ...(cpe === undefined ? {} : { cpe }),
    purl,
    evidence: {
      occurrences: occurrences.map(({ path, layer }) => ({
        location: path,
        additionalContext: `layer ${layer}`,
      })),
    },
  };
}

/** Identifiers and names, or one expression: the format does not mix them. */
function licences({ licences: stated }: FoundPackage): object {
  if (stated.length === 0) return {};
  const read = stated.map(readLicence);
  const [only] = read;
  const acknowledgement = 'declared';
  if (read.length === 1 && only!.expression !== null && !only!.isId)
    return { licenses: [{ expression: only!.expression, acknowledgement }] };
  return {
    licenses: read.map(({ stated: name, expression, isId }) => ({
      license: isId ? { id: expression, acknowledgement } : { name, acknowledgement },
    })),
  };
}
