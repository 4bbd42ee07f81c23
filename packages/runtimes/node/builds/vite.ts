import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';
import { normalisePath, stem } from '../paths';
import type { ReadBuild } from './build-fact';
import { text } from './options';
import { outputFolder } from './outputs';
import { packageJson } from '../package-json';

/** `@nx/vite:build` and the `vite build` that the plugin infers, where Vite builds for the server (`ssr`, or a library). */
export const readVite: ReadBuild = (target, project, workspace) => {
  if (target.executor !== '@nx/vite:build' && !/\bvite build\b/.test(target.command)) return null;
  const config = readConfig(text(target.options['configFile']), project, workspace);
  const outDir = /\boutDir\s*:\s*['"`]([^'"`$]+)['"`]/.exec(config)?.[1];
  const output =
    text(target.options['outputPath']) ??
    (outDir === undefined ? outputFolder(target, project) : posix.join(project.root, outDir)) ??
    posix.join(project.root, 'dist');
  // `ssr.noExternal: true` takes every package into the bundle; an `external` takes some out again.
  const bundled = /\bnoExternal\s*:\s*true\b/.test(config) && !/\bexternal\s*:/.test(config);
  return {
    output: normalisePath(output),
    main: mainFile(config, project, workspace),
    dependencies: bundled ? 'bundled' : 'pruned',
  };
};

function mainFile(config: string, project: ProjectTargets, workspace: WorkspaceReader): string {
  const named = /\bentryFileNames\s*:\s*['"`]([\w./-]+\.[cm]?js)['"`]/.exec(config)?.[1];
  if (named) return named;
  const entry =
    /\b(?:ssr|input|entry)\s*:\s*['"`]([^'"`$]+\.[cm]?[jt]s)['"`]/.exec(config)?.[1] ?? 'src/main.ts';
  // Vite takes the extension that Node.js reads right without a look at package.json.
  const isModule = packageJson(workspace, project.root)?.type === 'module';
  const commonJs = /\bformats?\s*:\s*\[?\s*['"`]cjs['"`]/.test(config);
  const extension = commonJs === isModule ? (commonJs ? 'cjs' : 'mjs') : 'js';
  return `${stem(entry)}.${extension}`;
}

function readConfig(named: string | undefined, project: ProjectTargets, workspace: WorkspaceReader): string {
  if (named) return workspace.read(normalisePath(named)) ?? '';
  for (const extension of ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']) {
    const content = workspace.read(posix.join(project.root, `vite.config.${extension}`));
    if (content !== null) return content;
  }
  return '';
}
