import type { Catalogue } from './catalogue';
import { checkObject } from './check-object';
import { findingsOf, type ManifestFinding } from './finding';
import type { Manifest } from './manifest';
import { checkAvailability } from './policies/availability';
import { checkConfiguration } from './policies/configuration';
import { checkIdentity } from './policies/identity';
import { checkImages } from './policies/images';
import { ObjectSet } from './policies/object-set';
import { checkPeers } from './policies/peers';
import { checkPodSecurity } from './policies/pod-security';
import { checkPorts } from './policies/ports';
import { checkQuotas } from './policies/quotas';
import { checkResources } from './policies/resources';
import { checkTargets } from './policies/targets';

/** Policies that can be judged with one service and what all services share. */
const policies = [
  checkTargets,
  checkPorts,
  checkConfiguration,
  checkImages,
  checkResources,
  checkPodSecurity,
  checkAvailability,
];

/** Policies that need all services. */
const stackPolicies = [checkQuotas, checkPeers];

/**
 * Checks objects that are applied together: each by itself, then with the others.
 * @param isWhole are all services among them?
 */
export function checkManifests(
  manifests: readonly Manifest[],
  catalogue: Catalogue,
  isWhole: boolean,
): readonly ManifestFinding[] {
  const own = manifests.filter(({ isForeign }) => !isForeign);
  for (const manifest of own) checkObject(manifest, catalogue);
  checkIdentity(manifests, catalogue);
  const objects = new ObjectSet(manifests);
  for (const check of [...policies, ...(isWhole ? stackPolicies : [])]) check(objects);
  return own.flatMap(findingsOf);
}
