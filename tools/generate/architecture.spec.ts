import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findBreaches } from './architecture';

const root = join(__dirname, '..', '..');
/** Not ours, or not written by hand: installed, built, rendered as the expected output, or the foreign apps of specs. */
const skipped = [
  'node_modules',
  '.git',
  '.nx',
  'dist',
  'tmp',
  'golden',
  'fixture',
  'fixtures',
  'package-lock.json',
];
const binary = /\.(png|jpg|gz|tgz|tar|zip|ico|woff2?)$/;

function readTree(folder: string, above = ''): [string, string][] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skipped.includes(name))
    .flatMap((entry): [string, string][] => {
      const path = above === '' ? entry.name : `${above}/${entry.name}`;
      if (entry.isDirectory()) return readTree(join(folder, entry.name), path);
      if (!entry.isFile() || binary.test(entry.name)) return [];
      return [[path, readFileSync(join(folder, entry.name), 'utf8')]];
    });
}

const published = JSON.parse(readFileSync(join(root, 'packages/toolbox/package.json'), 'utf8'));
const declared = Object.keys({ ...published.dependencies, ...published.peerDependencies });

test('the tree has no breach of the architecture', () => {
  const files = new Map(readTree(root));
  expect(files.size).toBeGreaterThan(100);
  expect(findBreaches({ files, declared })).toEqual([]);
});

/** What one file in an otherwise empty tree is told. */
function breachesOf(path: string, text: string) {
  const files = new Map([[path, text]]);
  const breaches = findBreaches({ files, declared: ['yaml', '@nx/devkit'] });
  return breaches.filter((line) => line.startsWith(`${path}: `)).map((line) => line.slice(path.length + 2));
}

describe('each rule can fail', () => {
  test.each<[string, string, string]>([
    [
      'packages/service/a.ts',
      "import { x } from '../runtimes/runtime';",
      'packages/service does not import packages/runtimes',
    ],
    [
      'packages/service/a.ts',
      "export type { x } from '../files/types';",
      'packages/service does not import packages/files',
    ],
    ['packages/service/a.ts', "import { readFileSync } from 'node:fs';", 'the model does no I/O'],
    [
      'packages/service/a.ts',
      "import type { Tree } from '@nx/devkit';",
      'the model knows of nothing but YAML',
    ],
    [
      'packages/images/a.ts',
      "const x = require('../engines/engine');",
      'packages/images does not import packages/engines',
    ],
    [
      'packages/runtimes/node/a.ts',
      "import { x } from '../../files/writer';",
      'packages/runtimes does not import packages/files',
    ],
    [
      'packages/runtimes/node/a.ts',
      "import { x } from '../go/detect';",
      'a folder of packages/runtimes stands alone',
    ],
    [
      'packages/runtimes/python/a.ts',
      "import { x } from '../fastapi/detect';",
      'a folder of packages/runtimes stands alone',
    ],
    [
      'packages/toolbox/plugin.ts',
      "await import('../images/layout');",
      'packages/toolbox does not import packages/images',
    ],
    ['packages/new/a.ts', '', 'packages/new is a room without a direction'],
    [
      'generators/init/a.ts',
      "import { x } from '../../executors/build/executor';",
      'generators does not import executors',
    ],
    [
      'generators/dockerfile/a.ts',
      "import { x } from '../init/generator';",
      'a folder of generators stands alone',
    ],
    ['generators/dockerfile/a.ts', "import { x } from '../outputs';", 'a folder of generators stands alone'],
    ['generators/init/a.ts', "import { x } from '../../tools/x';", 'lies in no room'],
    ['executors/load/a.ts', "import { x } from '../build/executor';", 'a folder of executors stands alone'],
    [
      'executors/load/a.ts',
      "import { x } from '../../packages/runtimes/runtime';",
      'executors does not import packages/runtimes',
    ],
    [
      'executors/load/a.ts',
      "import { spawn } from 'node:child_process';",
      'only packages/process starts processes',
    ],
    [
      'executors/load/a.ts',
      "import { spawn } from 'child_process';",
      'only packages/process starts processes',
    ],
    ['executors/load/a.ts', "import { x } from '@nx/devkit/src/x';", 'Use @nx/devkit'],
    ['executors/load/a.spec.ts', "import { x } from 'nx/src/x';", 'Use @nx/devkit'],
    [
      'executors/load/a.ts',
      "import { x } from 'lodash';",
      'which packages/toolbox/package.json does not declare',
    ],
    ['packages/images/utils.ts', '', 'utils.ts says nothing about what is in it'],
    ['packages/images/string-helpers.ts', '', 'string-helpers.ts says nothing about what is in it'],
    ['e2e/Common/x.ts', '', 'Common says nothing about what is in it'],
    ['tools/x.mjs', '\n'.repeat(351), 'has 351 lines, more than 350'],
    ['docs/x.md', `https://${['registry', 'npmjs', 'org'].join('.')}/x`, 'names the host'],
  ])('%s %j', (path, text, breach) => {
    expect(breachesOf(path, text)).toEqual([expect.stringContaining(breach)]);
  });

  test.each<[string, string]>([
    ['packages/service/a.ts', "import { createHash } from 'node:crypto'; import { parse } from 'yaml';"],
    ['packages/service/a.spec.ts', "import fc from 'fast-check';"],
    ['packages/process/run.ts', "import { spawn } from 'node:child_process';"],
    ['packages/runtimes/node/a.ts', "import type { RenderedFile } from '../../files/types';"],
    ['packages/runtimes/node/a.ts', "import catalogue from '../../images/catalogue.json';"],
    ['packages/runtimes/celery/a.ts', "import { x } from '../python/scaffold';"],
    ['packages/runtimes/go/a.spec.ts', "import { x } from '../node/fixture-workspace';"],
    ['generators/sync/a.ts', "import { x } from '../outputs'; import { y } from '../dockerfile/render';"],
    ['generators/outputs.ts', "import { x } from './dockerfile/render';"],
    ['executors/build/a.ts', "import { x } from './report'; import { logger } from '@nx/devkit';"],
    ['tools/x.mjs', "import { spawnSync } from 'node:child_process';"],
    ['e2e/x.ts', "import { spawnSync } from 'node:child_process';"],
    ['packages/service/x.gen.ts', '\n'.repeat(400)],
    ['executors/build/a.ts', "// import { x } from 'lodash';"],
  ])('%s %j is as it should be', (path, text) => {
    expect(breachesOf(path, text)).toEqual([]);
  });
});

test.each<[readonly string[], readonly string[]]>([
  [['generators/x/render.ts'], ['generators/x: has no generator.ts', 'generators/x: has no schema.json']],
  [['executors/x/executor.ts', 'executors/x/report.ts'], ['executors/x: has no schema.json']],
  [
    ['packages/runtimes/go/detect.ts', 'packages/runtimes/registry.gen.ts'],
    ['packages/runtimes/go: has no runtime.ts'],
  ],
  [['packages/runtimes/go/runtime.ts', 'generators/outputs.ts'], []],
])('folders of %j', (paths, breaches) => {
  const files = new Map(paths.map((path) => [path, '']));
  expect(findBreaches({ files, declared: [] })).toEqual(breaches);
});
