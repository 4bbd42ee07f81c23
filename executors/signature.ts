import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { provenanceType } from '../packages/images/provenance';
import { extraAuthorities } from '../packages/registry/transport';
import { Cosign } from '../packages/signing/cosign';
import { publicKeyOf } from '../packages/signing/sign';
import { isKeyAddress, type Trust } from '../packages/signing/trust';
import { attestedPredicates, signatureState, type SignedImage } from '../packages/signing/verify';
import { TargetError } from './mistakes';
import type { TaskProject } from './project-image';

/** What can be attested of an image, and the type of its predicate. */
export const attestationTypes = {
  provenance: provenanceType,
  cyclonedx: 'https://cyclonedx.org/bom',
  spdx: 'https://spdx.dev/Document',
} as const;

export type AttestationKind = keyof typeof attestationTypes;

/** Whose signatures count: options of `docker-sign`, as its schema describes them. */
export interface SignatureOptions {
  readonly key?: string;
  readonly passwordFile?: string;
  readonly publicKey?: string;
  readonly identity?: string;
  readonly identityPattern?: string;
  readonly issuer?: string;
  readonly transparencyLog?: boolean;
  readonly attestations?: readonly AttestationKind[];
}

/** The same, decided: nothing below reads an option again. */
export interface SignatureSettings {
  /** File (absolute) or address of the private key; null: there is none, or it is not needed. */
  readonly key: string | null;
  readonly password: string | null;
  /** Null: the public half of `key`. */
  readonly trust: Trust | null;
  /** Whose signatures count, for people. */
  readonly signer: string;
  readonly transparencyLog: boolean;
  readonly attestations: readonly AttestationKind[];
}

/**
 * @param purpose a verification needs no private key where the public one is named
 * @throws TargetError naming the option
 */
export function resolveSignatures(
  options: SignatureOptions,
  { name }: TaskProject,
  root: string,
  purpose: 'sign' | 'verify',
): SignatureSettings {
  const attestations = options.attestations ?? (Object.keys(attestationTypes) as AttestationKind[]);
  const trust = trustIn(options, name, root);
  if (trust?.kind === 'identity') {
    const signer = `${trust.identity} (vouched for by ${trust.issuer})`;
    const transparencyLog = options.transparencyLog ?? true;
    return { key: null, password: null, trust, signer, transparencyLog, attestations };
  }
  const needsKey = purpose === 'sign' || trust === null;
  if (needsKey && options.key === undefined)
    throw new TargetError(
      `${name}: says not who signs. Name a key (--key=cosign.key, or awskms://…), or, for keyless signatures, identity and issuer; best in nx.json: targetDefaults: toolbox:sign.`,
    );
  return {
    key: needsKey ? keyIn(options.key ?? '', 'key', name, root) : null,
    password: needsKey ? passwordIn(options.passwordFile, name, root) : null,
    trust,
    signer: `the key ${options.publicKey ?? options.key}`,
    // The log is public: the names of private images do not belong there unasked.
    transparencyLog: options.transparencyLog ?? false,
    attestations,
  };
}

function trustIn(options: SignatureOptions, project: string, root: string): Trust | null {
  const { key, publicKey, identity, identityPattern, issuer } = options;
  const keyless = identity ?? identityPattern;
  if (keyless === undefined)
    return publicKey === undefined
      ? null
      : { kind: 'key', publicKey: keyIn(publicKey, 'publicKey', project, root) };
  if ((key ?? publicKey) !== undefined)
    throw new TargetError(`${project}: names a key and an identity. One of both signs: leave the other out.`);
  if (identity !== undefined && identityPattern !== undefined)
    throw new TargetError(`${project}: names identity and identityPattern. Leave one of them out.`);
  if (issuer === undefined)
    throw new TargetError(
      `${project}: issuer is missing: who vouches for ${keyless}? E.g. https://token.actions.githubusercontent.com`,
    );
  return { kind: 'identity', identity: keyless, isPattern: identity === undefined, issuer };
}

/** A key may lie outside of the workspace: CI systems put secrets there. */
function keyIn(key: string, option: string, project: string, root: string): string {
  if (isKeyAddress(key)) return key;
  const file = resolve(root, key);
  if (existsSync(file)) return file;
  throw new TargetError(
    `${project}: ${option}: ${key} does not exist. cosign generate-key-pair makes one; a path starts at the workspace root.`,
  );
}

function passwordIn(file: string | undefined, project: string, root: string): string | null {
  if (file === undefined) return process.env['COSIGN_PASSWORD'] ?? null;
  try {
    return readFileSync(resolve(root, file), 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TargetError(`${project}: passwordFile: ${file} cannot be read (${code}).`);
  }
}

/**
 * Runs `action` with cosign and the one whose signatures count.
 * @throws SigningError where cosign is missing, or the password does not open the key
 */
export function withCosign<T>(
  { key, password, trust }: SignatureSettings,
  root: string,
  action: (cosign: Cosign, trust: Trust) => Promise<T>,
): Promise<T> {
  const authorities = extraAuthorities(process.env);
  return Cosign.with({ password, authorities, cwd: root }, async (cosign) => {
    if (trust !== null) return action(cosign, trust);
    const publicKey = join(cosign.scratch, 'cosign.pub');
    writeFileSync(publicKey, await publicKeyOf(cosign, key ?? ''));
    return action(cosign, { kind: 'key', publicKey });
  });
}

/**
 * Refuses an image that does not bear the signature of the one who counts, or lacks something that should be attested.
 * @throws TargetError in one line; SigningError where it cannot be found out
 */
export async function checkSignature(
  cosign: Cosign,
  image: SignedImage,
  trust: Trust,
  { signer, attestations }: SignatureSettings,
  { name }: TaskProject,
): Promise<void> {
  const found = await signatureState(cosign, image, trust);
  if (found.state === 'unsigned')
    throw new TargetError(`${image.reference}: is not signed. Sign it: nx docker-sign ${name}`);
  if (found.state === 'foreign')
    throw new TargetError(`${image.reference}: is signed, but not by ${signer}: ${found.why}`);
  for (const kind of attestations) {
    const predicates = await attestedPredicates(cosign, image, trust, attestationTypes[kind]);
    if (predicates.length === 0)
      throw new TargetError(
        `${image.reference}: ${kind} is not attested by ${signer}. Sign it again (nx docker-sign ${name}), or leave ${kind} out of attestations.`,
      );
  }
}
