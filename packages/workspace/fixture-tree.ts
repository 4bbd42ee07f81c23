import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';

/** A workspace in memory as Nx's own presets make it. */
export function workspaceTree(files: Readonly<Record<string, string>> = {}): Tree {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(
    'package.json',
    '{\n  "name": "@acme/source",\n  "dependencies": {},\n  "devDependencies": {}\n}\n',
  );
  tree.write('nx.json', '{\n  "defaultBase": "main"\n}\n');
  tree.write('package-lock.json', '{}\n');
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
}

/** All files of a tree by path. */
export function filesOf(tree: Tree, folder = '.'): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of tree.children(folder)) {
    const path = folder === '.' ? name : `${folder}/${name}`;
    if (tree.isFile(path)) files[path] = tree.read(path, 'utf-8') ?? '';
    else Object.assign(files, filesOf(tree, path));
  }
  return files;
}

/** An app as `@nx/node` makes it: express, webpack's executor, packages outside of the bundle. */
export function expressApp(name: string, port = 3333): Record<string, string> {
  const root = `apps/${name}`;
  const build = {
    executor: '@nx/webpack:webpack',
    outputs: ['{options.outputPath}'],
    options: { outputPath: `dist/${root}`, main: `${root}/src/main.ts` },
  };
  return {
    [`${root}/project.json`]: JSON.stringify({
      name,
      projectType: 'application',
      sourceRoot: `${root}/src`,
      targets: { build },
    }),
    [`${root}/src/main.ts`]: [
      `import express from 'express';`,
      'const app = express();',
      `app.get('/healthz', (_, response) => response.send('ok'));`,
      `app.listen(process.env.PORT || ${port});`,
    ].join('\n'),
  };
}
