import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cosign } from './cosign';
import { problemOf } from './problem';
import { registryFlags, type SignedImage } from './verify';

/**
 * Signs an image in its registry.
 * @param key file or address of the private key; null: whoever the environment has an identity token for
 * @throws SigningError
 */
export async function sign(cosign: Cosign, image: SignedImage, key: string | null): Promise<void> {
  const ran = await cosign.run(['sign', ...signFlags(cosign, image, key), image.reference]);
  if (ran.code !== 0) throw problemOf(ran, `signing ${image.reference}`);
}

/**
 * Attests something of an image, beside it in its registry.
 * @param predicateType its address: with the short names cosign fills in fields of its own
 * @throws SigningError
 */
export async function attest(
  cosign: Cosign,
  image: SignedImage,
  key: string | null,
  predicateType: string,
  predicate: unknown,
): Promise<void> {
  const file = join(cosign.scratch, 'predicate.json');
  writeFileSync(file, JSON.stringify(predicate));
  const flags = [...signFlags(cosign, image, key), '--type', predicateType, '--predicate', file];
  const ran = await cosign.run(['attest', ...flags, image.reference]);
  if (ran.code !== 0) throw problemOf(ran, `attesting ${predicateType} of ${image.reference}`);
}

/** Public half of a private key, in PEM. Tells whether the password opens it. @throws SigningError */
export async function publicKeyOf(cosign: Cosign, key: string): Promise<string> {
  const ran = await cosign.run(['public-key', '--key', key]);
  if (ran.code !== 0) throw problemOf(ran, key);
  return ran.stdout;
}

/** The form that cosign 2 and 3 and the admission controllers of clusters read, whichever of them signs. */
function signFlags(
  { knowsBundles }: Cosign,
  { insecure, transparencyLog }: SignedImage,
  key: string | null,
): readonly string[] {
  return [
    ...(key === null ? [] : ['--key', key]),
    ...(transparencyLog ? [] : ['--tlog-upload=false']),
    ...(knowsBundles ? ['--new-bundle-format=false', '--use-signing-config=false'] : []),
    ...registryFlags(insecure),
    '--yes',
  ];
}
