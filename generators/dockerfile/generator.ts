import type { Tree } from '@nx/devkit';
import { suggest } from '../../packages/service/choices';
import { DescriptionError } from '../../packages/service/description-error';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import { renderDockerfile } from './render';
import type { DockerfileGeneratorSchema } from './schema.gen';

/**
 * `nx g toolbox:dockerfile [project]`: the Dockerfile and its ignore file of one service, or of all.
 * @throws DescriptionError for a user's mistake, ConflictError for edits in conflict; Nx then writes nothing at all.
 */
export default async function dockerfileGenerator(
  tree: Tree,
  { project, force, keep }: DockerfileGeneratorSchema,
): Promise<void> {
  const described = readDescriptions(tree);
  const context = contextOf(tree, described);
  const { services } = context;
  const chosen = project === undefined ? services : services.filter(({ name }) => name === project);
  if (project !== undefined && chosen.length === 0) {
    const names = services.map(({ name }) => name);
    const message = `is not a service. ${suggest(project, names) || `Make it one with: nx g toolbox:service ${project}`}`;
    throw new DescriptionError({ file: project, key: '', message });
  }
  const sets = chosen.map((service) => ({
    owner: service.root,
    scope: 'dockerfile',
    files: renderDockerfile(service, context),
  }));
  await writeRendered(tree, sets, { force, keep });
}
