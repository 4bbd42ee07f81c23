import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';
import { packageJson } from '../package-json';
import { normalisePath, staysInside, stem } from '../paths';
import type { BuildFact, BuildTarget, ReadBuild } from './build-fact';
import { outputFolder } from './outputs';

/**
 * `nx:run-commands` and npm scripts: the command line, the declared outputs and package.json tell what they write. Null
 * where none of them does.
 */
export const readScript: ReadBuild = (target, project, workspace) => {
  if (target.command === '') return null;
  const found =
    fromOutfile(target) ??
    fromPackageJson(target, project, workspace) ??
    fromFolder(target, project, workspace);
  if (!found || !staysInside(found.output)) return null;
  return { ...found, dependencies: bundlesAll(target.command) ? 'bundled' : 'pruned' };
};

type Files = Pick<BuildFact, 'output' | 'main'>;

function fromOutfile({ command, cwd }: BuildTarget): Files | null {
  const file = flag(command, 'outfile');
  if (!file) return null;
  const path = normalisePath(posix.join(cwd, file));
  return { output: posix.dirname(path), main: posix.basename(path) };
}

/** `"start": "node dist/main.js"`, or `"main": "dist/main.js"`. */
function fromPackageJson(
  target: BuildTarget,
  project: ProjectTargets,
  workspace: WorkspaceReader,
): Files | null {
  const manifest = packageJson(workspace, project.root);
  const starts = ['start:prod', 'start:production', 'start'].map((name) => manifest?.scripts?.[name] ?? '');
  const started = starts.map((start) => /\bnode\s+(?:-\S+\s+)*(\S+)/.exec(start)?.[1]).find(Boolean);
  for (const file of [started, manifest?.main]) {
    if (!file || /\.[cm]?tsx?$/.test(file)) continue;
    const path = normalisePath(posix.join(project.root, file));
    const folder = [
      commandFolder(target),
      outputFolder(target, project),
      posix.join(project.root, 'dist'),
      posix.join(project.root, 'build'),
    ].find((candidate) => candidate !== null && path.startsWith(`${candidate}/`));
    if (!folder) continue;
    const main = posix.relative(folder, path);
    return { output: folder, main: /\.[cm]?js$/.test(main) ? main : `${main}.js` };
  }
  return null;
}

function fromFolder(target: BuildTarget, project: ProjectTargets, workspace: WorkspaceReader): Files | null {
  const output = commandFolder(target) ?? compilerFolder(target, workspace) ?? outputFolder(target, project);
  if (!output) return null;
  const entry = /(?:^|\s)(\S+\.[cm]?ts)(?=\s|$)/.exec(target.command)?.[1] ?? sourceEntry(project, workspace);
  return entry ? { output, main: `${stem(entry)}.js` } : null;
}

function commandFolder({ command, cwd }: BuildTarget): string | null {
  const folder = flag(command, 'outdir') ?? flag(command, 'outDir') ?? flag(command, 'out-dir');
  return folder ? normalisePath(posix.join(cwd, folder)) : null;
}

/** `tsc -p tsconfig.build.json` writes to that file's `outDir`. */
function compilerFolder({ command, cwd }: BuildTarget, workspace: WorkspaceReader): string | null {
  if (!/\btsc\b/.test(command)) return null;
  const file =
    flag(command, 'project') ?? /\s(?:-p|-b|--build)[= ]+(\S+\.json)/.exec(command)?.[1] ?? 'tsconfig.json';
  const outDir = /"outDir"\s*:\s*"([^"]+)"/.exec(workspace.read(posix.join(cwd, file)) ?? '')?.[1];
  return outDir ? normalisePath(posix.join(cwd, posix.dirname(file), outDir)) : null;
}

function sourceEntry({ root }: ProjectTargets, workspace: WorkspaceReader): string | undefined {
  const names = [
    'src/main.ts',
    'src/index.ts',
    'src/server.ts',
    'src/app.ts',
    'main.ts',
    'index.ts',
    'server.ts',
  ];
  return names.find((name) => workspace.exists(posix.join(root, name)));
}

/** esbuild's own command line takes every package in unless it is told otherwise; ncc always does. */
function bundlesAll(command: string): boolean {
  if (/\bncc build\b/.test(command)) return true;
  return (
    /\besbuild\b/.test(command) &&
    /--bundle\b/.test(command) &&
    !/--(packages=external|external)\b/.test(command)
  );
}

function flag(command: string, name: string): string | undefined {
  return new RegExp(`--${name}[= ]+['"]?([^\\s'"]+)`).exec(command)?.[1];
}
