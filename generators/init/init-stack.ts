import type { Tree } from '@nx/devkit';
import { posix } from 'node:path';
import type { RenderedFile } from '../../packages/files/types';
import { mergeIntoStackDescription, schemaHeader } from '../../packages/service/merge-description';
import { parseStackDescription } from '../../packages/service/parse';
import { resolveStack } from '../../packages/service/resolve';
import { descriptionFile } from '../../packages/service/resolve-service';
import { isRegistered, pluginName, readPluginOptions } from '../../packages/workspace/plugin-entry';
import { workspaceName } from '../../packages/workspace/stack-reader';
import { stackRoot } from '../../packages/workspace/stack-root';
import { writeRendered } from '../../packages/workspace/write-rendered';
import type { InitGeneratorSchema } from './schema.gen';

/** Sets the workspace up; changes nothing where everything is there. @throws DescriptionError, FileError */
export async function initStack(tree: Tree, options: InitGeneratorSchema): Promise<void> {
  describeStack(tree, options);
  const files = [...nxJson(tree), ...stackProject(tree), ...ignoredFolders(tree)];
  await writeRendered(tree, [{ owner: stackRoot, scope: 'init', files }]);
}

/** The name is written down: a clone in a folder of another name must give the same images. */
function describeStack(tree: Tree, { name, registry }: InitGeneratorSchema): void {
  const file = descriptionFile(stackRoot);
  const before = tree.read(file, 'utf-8');
  const known = before === null ? null : parseStackDescription(before, file);
  const stack = resolveStack(known, readPluginOptions(tree), { name: workspaceName(tree) });
  const changes = { name: name ?? known?.name ?? stack.name, registry };
  const text = mergeIntoStackDescription(before, changes, schemaHeader(stackRoot, 'stack'), file);
  parseStackDescription(text, file);
  if (text !== before) tree.write(file, text);
}

function nxJson(tree: Tree): readonly RenderedFile[] {
  const content = {
    ...(isRegistered(tree) ? {} : { plugins: [pluginName] }),
    sync: { globalGenerators: [`${pluginName}:sync`] },
  };
  return [shared('nx.json', JSON.stringify(content))];
}

/** The stack is a project, so that Nx knows when its files change. */
function stackProject(tree: Tree): readonly RenderedFile[] {
  const path = posix.join(stackRoot, 'project.json');
  if (tree.exists(path) || tree.exists(posix.join(stackRoot, 'package.json'))) return [];
  const project = { name: stackRoot, $schema: '../node_modules/nx/schemas/project-schema.json', targets: {} };
  return [{ path, content: `${JSON.stringify(project, null, 2)}\n`, ownership: 'scaffolded' }];
}

/** Images and pruned dependencies are written below `dist`. */
function ignoredFolders(tree: Tree): readonly RenderedFile[] {
  const lines = (tree.read('.gitignore', 'utf-8') ?? '').split(/\r?\n/).map((line) => line.trim());
  const isIgnored = lines.some((line) => /^\/?(\*\*\/)?dist\/?$/.test(line));
  return isIgnored ? [] : [shared('.gitignore', 'dist\n')];
}

function shared(path: string, content: string): RenderedFile {
  return { path, content, ownership: 'shared' };
}
