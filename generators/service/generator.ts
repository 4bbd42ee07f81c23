import { installPackagesTask, logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { checkStack } from '../../packages/service/check-stack';
import { descriptionFile } from '../../packages/service/resolve-service';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { initStack } from '../init/init-stack';
import { contextOf } from '../output-context';
import { renderServices } from '../render-services';
import { describeService } from './describe-service';
import type { ServiceGeneratorSchema } from './schema.gen';

/**
 * `nx g toolbox:service <name>`: a new app or an existing project becomes a service. Options are merged into the
 * description first, so that a run without options gives the same files again.
 * @throws DescriptionError for a user's mistake, ConflictError for edits in conflict; Nx then writes nothing at all.
 */
export default async function serviceGenerator(
  tree: Tree,
  options: ServiceGeneratorSchema,
): Promise<GeneratorCallback> {
  await initStack(tree, {});
  const { name, root, notes, packagesChanged } = await describeService(tree, options);

  const described = readDescriptions(tree);
  const context = contextOf(tree, described);
  const { services } = context;
  checkStack(services);
  // What calls this service, a proxy in front of it included, has its address.
  const concerned = services.filter((service) => service.name === name || service.calls.includes(name));
  await writeRendered(tree, renderServices(concerned, context), { force: options.force, keep: options.keep });

  return () => {
    if (packagesChanged && !options.skipInstall) installPackagesTask(tree);
    for (const note of notes) logger.warn(`${descriptionFile(root)}: ${note}`);
  };
}
