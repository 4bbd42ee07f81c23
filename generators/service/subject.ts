import type { Tree } from '@nx/devkit';
import { DescriptionError } from '../../packages/service/description-error';
import { normaliseInsidePath } from '../../packages/service/paths';
import { readProjects } from '../../packages/workspace/projects';
import { stackRoot } from '../../packages/workspace/stack-root';
import { appFolder } from './app-folder';
import { checkNewName } from './project-name';
import type { ServiceGeneratorSchema } from './schema.gen';

/** What becomes a service: an existing project, or a new app in a folder that is free. */
export interface Subject {
  readonly name: string;
  readonly root: string;
  readonly isNew: boolean;
}

/** @throws DescriptionError where the name or the folder cannot be the service's */
export function findSubject(tree: Tree, { name, directory }: ServiceGeneratorSchema): Subject {
  const project = readProjects(tree).find((candidate) => candidate.name === name);
  if (!project) {
    checkNewName(name);
    return { name, root: appFolder(tree, name, directory), isNew: true };
  }
  const { root, type } = project;
  const refuse = (message: string) => new DescriptionError({ file: root, key: '', message });
  if (root === stackRoot) throw refuse(`${name} is the project of the whole stack. Choose another name`);
  if (type === 'library') throw refuse(`${name} is a library, which cannot be deployed. Choose another name`);
  if (directory !== undefined && normaliseInsidePath(directory) !== root) {
    throw refuse(`${name} lies here already. Leave out --directory, or choose another name`);
  }
  return { name, root, isNew: false };
}
