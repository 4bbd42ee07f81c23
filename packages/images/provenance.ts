import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from './image-error';
import { purlOf } from './sbom/purl';

/** Where an image came from. No time: two builds of the same source say the same. */
export interface ProvenanceFacts {
  /** Repository of the image, e.g. `acme/api`. */
  readonly name: string;
  readonly digest: string;
  /** What whoever asked for the build chose. Nothing in it is a secret. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What the builder itself chose. */
  readonly internal: Readonly<Record<string, unknown>>;
  readonly source: {
    readonly commit: string;
    readonly dirty: boolean;
    readonly repository: string | null;
  } | null;
  readonly dockerfile: { readonly path: string; readonly sha256: string };
  /** Images that the build started from. */
  readonly bases: readonly ProvenanceBase[];
  readonly builder: string;
  /** Address of the run in CI. */
  readonly invocation: string | null;
}

export interface ProvenanceBase {
  /** Host of the registry. */
  readonly registry: string;
  /** Path in the registry. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…`; null where it is not known. */
  readonly digest: string | null;
}

/** An in-toto statement (v1) with SLSA's provenance (v1): https://slsa.dev/spec/v1.0/provenance */
export interface Provenance {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: typeof provenanceType;
  readonly predicate: {
    readonly buildDefinition: {
      readonly resolvedDependencies: readonly Material[];
      readonly [key: string]: unknown;
    };
    readonly runDetails: object;
  };
}

/** A resource descriptor of in-toto. */
interface Material {
  readonly uri?: string;
  readonly name?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

export const provenanceType = 'https://slsa.dev/provenance/v1';

const file = 'provenance.json';

/** Pure. */
export function describeProvenance(facts: ProvenanceFacts): Provenance {
  const { name, digest, source, dockerfile, bases, builder, invocation } = facts;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: hex(digest) } }],
    predicateType: provenanceType,
    predicate: {
      buildDefinition: {
        buildType: 'urn:toolbox:docker-build:v1',
        externalParameters: facts.parameters,
        internalParameters: facts.internal,
        resolvedDependencies: [
          ...(source === null ? [] : [sourceMaterial(source)]),
          { name: dockerfile.path, digest: { sha256: dockerfile.sha256 } },
          ...bases.map(baseMaterial),
        ],
      },
      runDetails: {
        builder: { id: builder },
        ...(invocation === null ? {} : { metadata: { invocationId: invocation } }),
      },
    },
  };
}

function sourceMaterial({ commit, dirty, repository }: NonNullable<ProvenanceFacts['source']>): Material {
  return {
    ...(repository === null ? { name: 'source' } : { uri: `${repository}@${commit}` }),
    digest: { gitCommit: commit },
    // The commit alone does not make the image where files differ from it.
    annotations: { dirty },
  };
}

function baseMaterial({ registry, repository, tag, digest }: ProvenanceBase): Material {
  const slash = repository.lastIndexOf('/');
  const purl = purlOf({
    type: 'docker',
    namespace: repository.slice(0, Math.max(0, slash)),
    name: repository.slice(slash + 1),
    version: tag ?? digest,
    qualifiers: { repository_url: registry === 'docker.io' ? '' : registry },
  });
  return { uri: purl, ...(digest === null ? {} : { digest: { sha256: hex(digest) } }) };
}

function hex(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** Writes provenance.json beside image.json, whole or not at all. */
export function writeProvenance(folder: string, provenance: Provenance): void {
  const temporary = join(folder, `.image.json.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(provenance, null, 2)}\n`);
  renameSync(temporary, join(folder, file));
}

/**
 * Reads where the image of a folder came from.
 * @param digest of the image: a statement about another one is none
 * @throws ImageError where there is none, or it is about another image
 */
export function readProvenance(folder: string, digest: string, project: string): Provenance {
  const again = `Run nx docker-build ${project} --skip-nx-cache.`;
  if (!existsSync(join(folder, file)))
    throw new ImageError(`${folder}: has no ${file}: an older version of toolbox built the image. ${again}`);
  let provenance: Partial<Provenance> = {};
  try {
    provenance = (JSON.parse(readFileSync(join(folder, file), 'utf8')) ?? {}) as Partial<Provenance>;
  } catch {
    // Falls through to the one message below.
  }
  if (provenance.predicateType !== provenanceType || provenance.subject?.[0]?.digest?.sha256 !== hex(digest))
    throw new ImageError(`${folder}/${file}: does not say where ${digest} came from. ${again}`);
  return provenance as Provenance;
}
