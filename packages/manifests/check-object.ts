import { listChoices } from '../service/choices';
import type { Catalogue } from './catalogue';
import { checkFields } from './fields/check-fields';
import type { Manifest } from './manifest';
import { checkStructure } from './schemas/check-structure';

/** Versions of an API that a cluster serves only where its administrator switched them on (since Kubernetes 1.24). */
const notByDefault = /v\d+(alpha|beta)\d+$/;

/** Checks one object by itself: is its kind served, does it fit its schema, would the API server take its values? */
export function checkObject({ root, apiVersion, kind, problems }: Manifest, catalogue: Catalogue): void {
  if (!root.isMapping)
    return root.problem(
      'wrong-type',
      'high',
      'is no object.',
      'Write a mapping with apiVersion, kind and metadata.',
    );
  for (const key of ['apiVersion', 'kind'] as const)
    if (!root.at(key).text) root.at(key).missing('Every object has it.');
  if (!apiVersion || !kind) return;
  const found = catalogue.kind(apiVersion, kind);
  if (!found) return checkUnknown(root, apiVersion, kind, catalogue);
  if (found.deprecation !== null)
    root
      .at('apiVersion')
      .problem(
        'api-deprecated',
        'medium',
        `${apiVersion} ${kind} ${found.deprecation}`,
        'Move to the newer version.',
      );
  if (!found.isCustom && notByDefault.test(apiVersion))
    root
      .at('apiVersion')
      .problem(
        'api-not-by-default',
        'high',
        `${apiVersion} is served only by clusters where it was switched on.`,
        'Use a stable version, or accept the finding for clusters that have it.',
      );
  if (!found.namespaced && root.at('metadata', 'namespace').exists)
    root
      .at('metadata', 'namespace')
      .problem('namespace-unused', 'low', `A ${kind} lives in no namespace.`, 'Remove it.');
  const report = (problem: (typeof problems)[number]) => problems.push(problem);
  checkStructure(root.value, found.schema, [], {
    definitions: catalogue.definitions,
    isCustom: found.isCustom,
    report,
  });
  checkFields(root.value, report);
  withoutRepetition(problems);
}

function checkUnknown(
  root: Manifest['root'],
  apiVersion: string,
  kind: string,
  { builtIn, version }: Catalogue,
): void {
  const gone = builtIn.whyMissing(`${apiVersion} ${kind}`);
  if (gone) return root.at('apiVersion').problem('api-removed', 'high', gone.why, gone.fix);
  const others = builtIn.apiVersionsOf(kind);
  root
    .at(others.length > 0 ? 'apiVersion' : 'kind')
    .problem(
      'unknown-kind',
      'high',
      `Kubernetes ${version} has no ${kind} in ${apiVersion}, and no custom resource definition describes one.`,
      others.length > 0
        ? `Use ${listChoices(others)}.`
        : 'Correct it, or name the file of its definition in the option crds.',
    );
}

/** The schema and the rules about values may find the same; what was found first stays. */
function withoutRepetition(problems: Manifest['problems']): void {
  const seen = new Set<string>();
  const kept = problems.filter(({ id, path }) => {
    const key = `${id} ${path.join('\0')}`;
    return !seen.has(key) && !!seen.add(key);
  });
  problems.splice(0, problems.length, ...kept);
}
