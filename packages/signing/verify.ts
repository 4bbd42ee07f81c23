import type { RunResult } from '../process/types';
import type { Cosign } from './cosign';
import { problemOf, reasonIn } from './problem';
import { SigningError } from './signing-error';
import { trustFlags, type Trust } from './trust';

/** An image in a registry, and how it is judged. */
export interface SignedImage {
  /** By digest: `registry.example.com/acme/api@sha256:…`. */
  readonly reference: string;
  /** May the registry be spoken to over plain http? */
  readonly insecure: boolean;
  /** Are signatures in Sigstore's public transparency log? */
  readonly transparencyLog: boolean;
}

/** What is known of an image's signatures. `why`: what is wrong with those that are there. */
export type SignatureState =
  { readonly state: 'valid' | 'unsigned' } | { readonly state: 'foreign'; readonly why: string };

/** Does the image carry a signature of the one who is trusted? @throws SigningError where that cannot be found out */
export async function signatureState(
  cosign: Cosign,
  image: SignedImage,
  trust: Trust,
): Promise<SignatureState> {
  let found: SignatureState = { state: 'unsigned' };
  for (const format of formats(cosign)) {
    const ran = await cosign.run(['verify', ...verifyFlags(image, trust), ...format, image.reference]);
    if (ran.code === 0) return { state: 'valid' };
    const state = judge(ran, `verifying ${image.reference}`);
    if (state.state === 'foreign') found = state;
  }
  return found;
}

/**
 * Predicates of one type that the one who is trusted attested, each once.
 * @param predicateType e.g. `https://slsa.dev/provenance/v1`
 * @throws SigningError where that cannot be found out
 */
export async function attestedPredicates(
  cosign: Cosign,
  image: SignedImage,
  trust: Trust,
  predicateType: string,
): Promise<readonly unknown[]> {
  const payloads = new Set<string>();
  for (const format of formats(cosign)) {
    const flags = [...verifyFlags(image, trust), '--type', predicateType, ...format];
    const ran = await cosign.run(['verify-attestation', ...flags, image.reference]);
    const what = `verifying what is attested of ${image.reference}`;
    if (ran.code !== 0) judge(ran, what);
    else for (const payload of payloadsIn(ran.stdout, what)) payloads.add(payload);
  }
  return [...payloads].flatMap((payload) => {
    const statement = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as {
      readonly predicateType?: unknown;
      readonly predicate?: unknown;
    };
    return statement.predicateType === predicateType ? [statement.predicate] : [];
  });
}

/** From 2.6 on there are two forms of signatures, and cosign looks at one at a time. */
function formats({ knowsBundles }: Cosign): readonly (readonly string[])[] {
  return knowsBundles ? [['--new-bundle-format=false'], ['--new-bundle-format=true']] : [[]];
}

function verifyFlags({ insecure, transparencyLog }: SignedImage, trust: Trust): readonly string[] {
  return [
    ...trustFlags(trust),
    ...(transparencyLog ? [] : ['--insecure-ignore-tlog=true']),
    // Certificates are in a log of their own.
    ...(transparencyLog || trust.kind === 'key' ? [] : ['--insecure-ignore-sct=true']),
    ...registryFlags(insecure),
  ];
}

export function registryFlags(insecure: boolean): readonly string[] {
  return insecure ? ['--allow-http-registry', '--allow-insecure-registry'] : [];
}

/** @throws SigningError where cosign could not judge at all */
function judge(ran: RunResult, what: string): SignatureState {
  const said = reasonIn(ran.stderr);
  if (/^none of the attestations matched the predicate type/.test(said)) return { state: 'unsigned' };
  const [, why = null] =
    /^no (?:matching (?:signatures|attestations)|signatures found):?\s*(.*)$/.exec(said) ?? [];
  if (why === null) throw problemOf(ran, what);
  return why === '' ? { state: 'unsigned' } : { state: 'foreign', why };
}

/** The envelopes that cosign prints, one a line. */
function payloadsIn(stdout: string, what: string): readonly string[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { payload } = JSON.parse(line) as { readonly payload?: unknown };
      if (typeof payload === 'string') return payload;
      throw new SigningError(`${what}: cosign prints no payload. Is it a version after 3?`);
    });
}
