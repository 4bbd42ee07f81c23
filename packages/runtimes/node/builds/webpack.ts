import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';
import { normalisePath } from '../paths';
import type { BuildFact, BuildTarget, ReadBuild } from './build-fact';
import { text } from './options';
import { outputFolder } from './outputs';

/** webpack and rspack share options and defaults: one `main.js`, and every package left outside of the bundle. */
const tools = [
  {
    executor: '@nx/webpack:webpack',
    option: 'webpackConfig',
    config: 'webpack.config',
    command: /\bwebpack(-cli)?\b/,
  },
  { executor: '@nx/rspack:rspack', option: 'rspackConfig', config: 'rspack.config', command: /\brspack\b/ },
];

/** The executors of `@nx/webpack` and `@nx/rspack`, and the targets that their plugins infer from a configuration file. */
export const readWebpack: ReadBuild = (target, project, workspace) => {
  for (const tool of tools) {
    const isExecutor = target.executor === tool.executor;
    if (!isExecutor && !tool.command.test(target.command)) continue;
    const config = readConfig(
      isExecutor ? text(target.options[tool.option]) : undefined,
      tool.config,
      target,
      workspace,
    );
    const fact = readFact(target, project, config);
    if (fact) return fact;
  }
  return null;
};

function readFact(target: BuildTarget, project: ProjectTargets, config: string): BuildFact | null {
  const output =
    text(target.options['outputPath']) ??
    configuredOutput(config, project.root) ??
    outputFolder(target, project);
  if (!output) return null;
  const main =
    text(target.options['outputFileName']) ??
    /\b(?:outputFileName|filename)\s*:\s*['"`]([\w./-]+\.[cm]?js)['"`]/.exec(config)?.[1] ??
    'main.js';
  // Only what is left outside of the bundle needs node_modules; own externals mean that something is.
  const none = /^none$/;
  const externals =
    text(target.options['externalDependencies']) ??
    /\bexternalDependencies\s*:\s*['"`](\w+)['"`]/.exec(config)?.[1] ??
    'all';
  const bundled = none.test(externals) && !/\bexternals\s*:|nodeExternals/.test(config);
  return { output: normalisePath(output), main, dependencies: bundled ? 'bundled' : 'pruned' };
}

/** `output: { path: join(__dirname, '../../dist/apps/api') }` */
function configuredOutput(config: string, root: string): string | undefined {
  const path =
    /\bpath\s*:\s*(?:path\.)?(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*,\s*['"`]([^'"`$]+)['"`]\s*\)/.exec(
      config,
    )?.[1];
  return path === undefined ? undefined : posix.join(root, path);
}

function readConfig(
  named: string | undefined,
  name: string,
  target: BuildTarget,
  workspace: WorkspaceReader,
): string {
  if (named) return workspace.read(normalisePath(named)) ?? '';
  for (const extension of ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts']) {
    const content = workspace.read(posix.join(target.cwd, `${name}.${extension}`));
    if (content !== null) return content;
  }
  return '';
}
