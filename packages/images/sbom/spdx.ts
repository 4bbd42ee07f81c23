import { createHash } from 'node:crypto';
import { readLicence } from './licences';
import type { FoundPackage } from './package-record';
import { purlOf } from './purl';
import { fullName, uuidOf, type Sbom } from './subject';

const unknown = 'NOASSERTION';

/** SPDX 2.3 as JSON. Its time is the image's own, its namespace follows from the content. */
export function writeSpdx({ subject, inventory }: Sbom): string {
  const { distribution, packages, limits } = inventory;
  const own = new Map<string, string>();
  const image = {
    SPDXID: 'SPDXRef-Image',
    name: subject.name,
    versionInfo: subject.digest,
    primaryPackagePurpose: 'CONTAINER',
    ...nothingClaimed,
    checksums: [{ algorithm: 'SHA256', checksumValue: subject.digest.slice('sha256:'.length) }],
    externalRefs: [purlReference(subject.purl)],
  };
  const system =
    distribution === null
      ? []
      : [
          {
            SPDXID: 'SPDXRef-OperatingSystem',
            name: distribution.id,
            ...(distribution.version === null ? {} : { versionInfo: distribution.version }),
            summary: distribution.name,
            primaryPackagePurpose: 'OPERATING-SYSTEM',
            ...nothingClaimed,
          },
        ];
  const contained = [...system, ...packages.map((found) => spdxPackage(found, own))];
  const content = {
    name: subject.name,
    creationInfo: { created: subject.created, creators: ['Tool: toolbox'] },
    comment: ['This document is incomplete.', ...limits].join('\n'),
    packages: [image, ...contained],
    hasExtractedLicensingInfos: [...own].map(([licenseId, name]) => ({
      licenseId,
      name,
      extractedText: `The package states its licence as: ${name}`,
    })),
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', image.SPDXID),
      ...contained.map(({ SPDXID }) => relationship(image.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    documentNamespace: `https://spdx.org/spdxdocs/${subject.name.replace(/[^\w.-]/g, '-')}-${uuidOf(content)}`,
    ...content,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const nothingClaimed = {
  downloadLocation: unknown,
  filesAnalyzed: false,
  licenseConcluded: unknown,
  licenseDeclared: unknown,
  copyrightText: unknown,
} as const;

function spdxPackage(found: FoundPackage, own: Map<string, string>) {
  const purl = purlOf(found);
  const { version, cpe, occurrences } = found;
  return {
    SPDXID: `SPDXRef-Package-${found.type}-${idPart(found.name)}-${shortHash(purl)}`,
    name: fullName(found),
    ...(version === null ? {} : { versionInfo: version }),
    primaryPackagePurpose: found.type === 'generic' ? 'APPLICATION' : 'LIBRARY',
    ...nothingClaimed,
    licenseDeclared: declared(found, own),
    sourceInfo: `found in ${occurrences.map(({ path, layer }) => `${path} (layer ${layer})`).join(', ')}`,
    externalRefs: [
      purlReference(purl),
      ...(cpe === undefined
        ? []
        : [{ referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: cpe }]),
    ],
  };
}

/** All licences that the package states, as one expression; names that SPDX does not list get an identifier of this document. */
function declared({ licences }: FoundPackage, own: Map<string, string>): string {
  if (licences.length === 0) return unknown;
  const parts = licences.map((stated) => {
    const { expression, isId } = readLicence(stated);
    if (expression !== null) return isId || licences.length === 1 ? expression : `(${expression})`;
    const id = `LicenseRef-${idPart(stated).slice(0, 40)}-${shortHash(stated)}`;
    own.set(id, stated);
    return id;
  });
  return [...new Set(parts)].join(' AND ');
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function purlReference(referenceLocator: string): object {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator };
}

/** Identifiers hold letters, digits, `.` and `-`. */
function idPart(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-+|-+$/g, '');
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
