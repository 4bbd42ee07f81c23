import { posix } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { extraFile } from './files-of-proxy';
import { renderTemplate } from './template';

/** A proxy is its description: all that is written is a project, and a file for the user's own directives. */
export function newApp({ name, root }: NewAppRequest): NewApp {
  const up = posix.relative(root, '.') || '.';
  const project = {
    name,
    $schema: `${up}/node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    targets: {},
  };
  const files = [
    ['project.json', `${JSON.stringify(project, null, 2)}\n`],
    [extraFile, renderTemplate('conf/extra.conf.ejs', {})],
  ] as const;
  return {
    files: files.map(([path, content]) => ({
      path: posix.join(root, path),
      content,
      ownership: 'scaffolded',
    })),
    dependencies: {},
    devDependencies: {},
  };
}
