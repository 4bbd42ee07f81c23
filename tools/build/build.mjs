/**
 * `npm run build`: leaves packages/toolbox ready for `npm pack`.
 * The tree is mirrored under dist/, so that a file finds its templates beside itself both here and when published;
 * the plugin entry is one bundle, because Nx loads it for every command.
 */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, 'packages/toolbox');
const dist = join(out, 'dist');
const rooms = ['packages', 'generators', 'executors'];
const leftOut = new Set(['node_modules', 'dist', 'golden', 'fixture', 'fixtures']);

await rm(dist, { recursive: true, force: true });
await rm(join(out, 'schemas'), { recursive: true, force: true });
await mkdir(join(out, 'schemas'), { recursive: true });

const tsc = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  { stdio: 'inherit', cwd: root },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const room of rooms) await copyAssets(join(root, room));
await cp(join(root, 'LICENSE'), join(out, 'LICENSE'));

await build({
  entryPoints: [join(root, 'packages/toolbox/plugin.ts')],
  outfile: join(dist, 'plugin.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['yaml', 'nx', '@nx/devkit'],
  logLevel: 'warning',
});
await writeFile(join(dist, 'plugin.d.ts'), declarations());

/** Copies what tsc does not: templates as they are, JSON, and generated JavaScript. Schemas are published a second time by name. */
async function copyAssets(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const from = join(folder, entry.name);
    const to = join(dist, relative(root, from));
    if (entry.isDirectory()) {
      if (leftOut.has(entry.name) || from === join(out, 'schemas')) continue;
      if (entry.name === 'files' && !(folder === join(root, 'packages')))
        await cp(from, to, { recursive: true });
      else await copyAssets(from);
      continue;
    }
    if (folder === out) continue;
    if (entry.name.endsWith('.json') || entry.name.endsWith('.gen.js')) {
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to);
    }
    if (entry.name.endsWith('.schema.json'))
      await cp(from, join(out, 'schemas', entry.name.replace('.schema', '')));
  }
}

function declarations() {
  return `import type { CreateNodesV2 } from '@nx/devkit';

/** Name of the plugin in nx.json. */
export declare const name: string;
/** Infers the container targets of every project that has a toolbox.yaml or a Dockerfile. Options: schemas/plugin-options.json. */
export declare const createNodes: CreateNodesV2<Record<string, unknown>>;
/** The name of createNodes before Nx 23. */
export declare const createNodesV2: CreateNodesV2<Record<string, unknown>>;
`;
}
