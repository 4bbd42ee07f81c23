import { isDeepStrictEqual } from 'node:util';
import { logger, type ExecutorContext } from '@nx/devkit';
import { findDigest, pull, push } from '../../packages/registry/manifests';
import { Registry } from '../../packages/registry/registry';
import type { Cosign } from '../../packages/signing/cosign';
import { attest, sign as signImage } from '../../packages/signing/sign';
import type { Trust } from '../../packages/signing/trust';
import { attestedPredicates, signatureState, type SignedImage } from '../../packages/signing/verify';
import { failInOneLine, TargetError } from '../mistakes';
import { attestationTypes, checkSignature, withCosign } from '../signature';
import { planSign, type SignPlan } from './plan';
import type { SignExecutorSchema } from './schema.gen';
import type { Statement } from './statements';

/** Signs the pushed image of a project, or verifies that it is signed. Never cached: what a registry has is not known here. */
export default function sign(
  options: SignExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const plan = planSign(options, context);
    await findEverywhere(plan);
    await withCosign(plan.settings, context.root, async (cosign, trust) => {
      for (const { image } of plan.targets)
        logger.log(
          plan.statements === null
            ? await verified(cosign, image, trust, plan)
            : await signed(cosign, image, trust, plan, plan.statements),
        );
    });
    return true;
  }, context.root);
}

/** All repositories are asked before the first signature is made. @throws TargetError where one lacks the image */
async function findEverywhere({ targets, digest, project, insecure, statements }: SignPlan): Promise<void> {
  for (const { registry: name, repository, image } of targets) {
    const registry = new Registry(name, { insecure });
    const scope = statements === null ? pull(repository) : push(repository);
    try {
      if ((await findDigest(registry, repository, digest, scope)) === null)
        throw new TargetError(`${image.reference}: is not there. Push it: nx docker-push ${project.name}`);
    } finally {
      registry.close();
    }
  }
}

async function verified(
  cosign: Cosign,
  image: SignedImage,
  trust: Trust,
  { settings, project }: SignPlan,
): Promise<string> {
  await checkSignature(cosign, image, trust, settings, project);
  const attested = settings.attestations.map((kind) => `, ${kind}`).join('');
  return `${image.reference}\n  verified: signature${attested}, by ${settings.signer}`;
}

/** @returns what was made and what was there, for people */
async function signed(
  cosign: Cosign,
  image: SignedImage,
  trust: Trust,
  { settings: { key, signer } }: SignPlan,
  statements: readonly Statement[],
): Promise<string> {
  const parts = [await signedOnce()];
  for (const statement of statements) parts.push(await attestedOnce(statement));
  return [`${image.reference}`, ...parts.map((part) => `  ${part}`)].join('\n');

  async function signedOnce(): Promise<string> {
    if ((await signatureState(cosign, image, trust)).state === 'valid') return 'signature: there already';
    await signImage(cosign, image, key);
    const found = await signatureState(cosign, image, trust);
    if (found.state === 'valid') return `signature: made, by ${signer}`;
    const why = found.state === 'foreign' ? `: ${found.why}` : '';
    throw new TargetError(
      `${image.reference}: was signed, but not by ${signer}${why}. Correct publicKey, or identity and issuer.`,
    );
  }

  async function attestedOnce({ kind, predicate }: Statement): Promise<string> {
    const type = attestationTypes[kind];
    const isThere = async () =>
      (await attestedPredicates(cosign, image, trust, type)).some((one) => isDeepStrictEqual(one, predicate));
    if (await isThere()) return `${kind}: there already`;
    await attest(cosign, image, key, type, predicate);
    if (await isThere()) return `${kind}: attested`;
    throw new TargetError(
      `${image.reference}: ${kind} was attested, but is not found there as it was written.`,
    );
  }
}
