import type { Tree } from '@nx/devkit';
import { mergeIntoStackDescription, schemaHeader } from '../../packages/service/merge-description';
import { parseStackDescription } from '../../packages/service/parse';
import { descriptionFile } from '../../packages/service/resolve-service';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { stackRoot } from '../../packages/workspace/stack-root';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import { output } from './output';
import { renderService, renderShared } from './render';
import type { KubernetesGeneratorSchema } from './schema.gen';

/**
 * `nx g toolbox:kubernetes`: the manifests of every service and of what they share. That Kubernetes was chosen stands in the stack's description.
 * @throws DescriptionError for a user's mistake, ConflictError for edits in conflict; Nx then writes nothing at all
 */
export default async function kubernetesGenerator(
  tree: Tree,
  options: KubernetesGeneratorSchema,
): Promise<void> {
  choose(tree, options);
  const context = contextOf(tree, readDescriptions(tree));
  const { scope } = output;
  const ofServices = context.services.map((service) => ({
    owner: service.root,
    scope,
    files: renderService(service, context),
  }));
  const { force, keep } = options;
  await writeRendered(tree, [...ofServices, { owner: stackRoot, scope, files: renderShared(context) }], {
    force,
    keep,
  });
}

function choose(tree: Tree, { route, secrets }: KubernetesGeneratorSchema): void {
  const file = descriptionFile(stackRoot);
  const before = tree.read(file, 'utf-8');
  const known = before === null ? undefined : parseStackDescription(before, file).kubernetes;
  const kubernetes = {
    ...known,
    route: route ?? known?.route ?? ('ingress' as const),
    ...(secrets ? { secrets } : {}),
  };
  const text = mergeIntoStackDescription(before, { kubernetes }, schemaHeader(stackRoot, 'stack'), file);
  if (text !== before) tree.write(file, text);
}
