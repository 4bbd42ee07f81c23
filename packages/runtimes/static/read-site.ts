import { posix } from 'node:path';
import { DescriptionError } from '../../service/description-error';
import type { ProjectTargets, WorkspaceReader } from '../runtime';

/** Where a build writes a site. */
export interface Site {
  readonly target: string;
  /** Relative to the workspace root. */
  readonly output: string;
  readonly notes: readonly string[];
}

type Target = ProjectTargets['targets'][string];

const configurations = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'];

/** What the project's build writes, or null where it is no site. @throws DescriptionError for a site that nothing builds */
export function readSite(project: ProjectTargets, workspace: WorkspaceReader): Site | null {
  return (
    angular(project) ??
    next(project, workspace) ??
    vite(project, workspace) ??
    reactScripts(project, workspace)
  );
}

/** `@angular/build:application` writes the pages to `browser` below its output; the older builder writes them there itself. */
function angular({ name, root, targets }: ProjectTargets): Site | null {
  const found = Object.entries(targets).find(([, { executor }]) =>
    /^@(angular-devkit\/build-angular|angular\/build|nx\/angular):(application|browser|browser-esbuild|webpack-browser)$/.test(
      executor ?? '',
    ),
  );
  if (!found) return null;
  const [target, { executor = '', options = {} }] = found;
  // A server renders the pages: that is an app for Node.js.
  if (options['ssr'] || options['server'] || options['outputMode'] === 'server') return null;
  const chosen = options['outputPath'];
  const base = typeof chosen === 'string' ? chosen : textOf(chosen, 'base');
  const browser = typeof chosen === 'object' ? (textOf(chosen, 'browser') ?? 'browser') : 'browser';
  const output = base ?? posix.join('dist', root === '.' ? name : root);
  return { target, output: /:application$/.test(executor) ? posix.join(output, browser) : output, notes: [] };
}

/** `output: 'export'` in next.config: pages without a server, in `out`. */
function next({ root, targets }: ProjectTargets, workspace: WorkspaceReader): Site | null {
  const config = readConfiguration(root, 'next.config', workspace);
  if (config === null || !/\boutput\s*:\s*['"`]export['"`]/.test(config)) return null;
  const folder = /\bdistDir\s*:\s*['"`]([^'"`]+)['"`]/.exec(config)?.[1] ?? 'out';
  const target = buildTarget(targets, root);
  return { target, output: declaredOutput(targets[target], root) ?? posix.join(root, folder), notes: [] };
}

/** A page beside the configuration of Vite is the entry of a site; a server has none. */
function vite({ root, targets }: ProjectTargets, workspace: WorkspaceReader): Site | null {
  const config = readConfiguration(root, 'vite.config', workspace);
  const isVite = config !== null || runs(root, 'build', /\bvite build\b/, workspace);
  if (!isVite || !workspace.exists(posix.join(root, 'index.html'))) return null;
  if (
    /\bssr\s*:\s*(true|['"`{])|\blib\s*:\s*\{|@react-router\/dev|@sveltejs\/kit|VitePluginNode/.test(
      config ?? '',
    )
  )
    return null;
  const target = buildTarget(targets, root);
  const chosen = /\boutDir\s*:\s*['"`]([^'"`]+)['"`]/.exec(config ?? '')?.[1];
  const fromConfig = posix.join(root, chosen ?? 'dist');
  return {
    target,
    output: outputOption(targets[target]) ?? declaredOutput(targets[target], root) ?? fromConfig,
    notes: [],
  };
}

function reactScripts({ root, targets }: ProjectTargets, workspace: WorkspaceReader): Site | null {
  if (!runs(root, 'build', /\breact-scripts build\b/, workspace)) return null;
  return { target: buildTarget(targets, root), output: posix.join(root, 'build'), notes: [] };
}

/** @throws DescriptionError where no target builds the site */
function buildTarget(targets: ProjectTargets['targets'], root: string): string {
  if (targets['build']) return 'build';
  const inferred = Object.entries(targets).find(
    ([name]) => /(^|[-:])build$/.test(name) && !/docker/.test(name),
  );
  if (inferred) return inferred[0];
  throw new DescriptionError({
    file: root,
    key: '',
    message:
      'no target builds the site. Add a script "build" to its package.json, e.g. "vite build", and run this again',
  });
}

function readConfiguration(root: string, name: string, workspace: WorkspaceReader): string | null {
  const file = configurations
    .map((ending) => posix.join(root, `${name}.${ending}`))
    .find((path) => workspace.exists(path));
  return file ? workspace.read(file) : null;
}

function runs(root: string, script: string, command: RegExp, workspace: WorkspaceReader): boolean {
  try {
    const { scripts } = JSON.parse(workspace.read(posix.join(root, 'package.json')) ?? '{}') as {
      scripts?: Record<string, string>;
    };
    return command.test(scripts?.[script] ?? '');
  } catch {
    return false;
  }
}

/** Option of `@nx/vite:build`. */
function outputOption(target: Target | undefined): string | null {
  const path = target?.options?.['outputPath'];
  return typeof path === 'string' ? path : null;
}

/** The one folder that the target declares as its output. */
function declaredOutput(target: Target | undefined, root: string): string | null {
  const [only, ...others] = target?.outputs ?? [];
  if (only === undefined || others.length > 0 || /[*{](?!workspaceRoot|projectRoot)/.test(only)) return null;
  return posix.normalize(
    only.replace('{workspaceRoot}/', '').replace('{projectRoot}', root).replace(/^\.\//, ''),
  );
}

function textOf(value: unknown, key: string): string | undefined {
  const found = (value as Record<string, unknown> | null)?.[key];
  return typeof found === 'string' ? found : undefined;
}
