import type { ServiceBuild } from '../../../service/types';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';
import type { BuildFact, ReadBuild } from './build-fact';
import { buildTarget } from './build-target';
import { readCompiler } from './compiler';
import { readEsbuild } from './esbuild';
import { readScript } from './script';
import { readVite } from './vite';
import { readWebpack } from './webpack';

/** In order: what knows a tool's own options before what only reads a command line. */
const readers: readonly ReadBuild[] = [readEsbuild, readWebpack, readVite, readCompiler, readScript];

/** What a look at the targets of a project gives. */
export type FoundBuild =
  | {
      readonly kind: 'found';
      readonly build: Pick<ServiceBuild, 'target' | 'output' | 'main' | 'dependencies'>;
    }
  /** There is a build target, but nothing tells what it writes. */
  | { readonly kind: 'unclear'; readonly target: string }
  | { readonly kind: 'none' };

/** Finds how a project is built: by its target `build`, else by the one target that a known build tool runs. */
export function readBuild(project: ProjectTargets, workspace: WorkspaceReader): FoundBuild {
  const build = buildTarget(project, 'build', workspace);
  if (build) {
    const fact = firstFact(readers);
    return fact
      ? { kind: 'found', build: { target: 'build', ...fact } }
      : { kind: 'unclear', target: 'build' };
  }
  for (const name of Object.keys(project.targets).sort()) {
    const target = buildTarget(project, name, workspace);
    if (!target || target.command !== '') continue;
    for (const read of readers) {
      const fact = read(target, project, workspace);
      if (fact) return { kind: 'found', build: { target: name, ...fact } };
    }
  }
  return { kind: 'none' };

  function firstFact(all: readonly ReadBuild[]): BuildFact | null {
    for (const read of all) {
      const fact = build && read(build, project, workspace);
      if (fact) return fact;
    }
    return null;
  }
}
