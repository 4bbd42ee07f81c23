import type { ProjectTargets } from '../../runtime';
import { normalisePath, staysInside } from '../paths';
import type { BuildTarget } from './build-fact';

/**
 * The folder that a target's declared outputs name first, e.g. `{workspaceRoot}/dist/{projectRoot}` ->
 * `dist/apps/api`. Null where there is none: no outputs, globs only, or the workspace itself.
 */
export function outputFolder(target: BuildTarget, project: ProjectTargets): string | null {
  for (const output of target.outputs) {
    const path = fillTokens(output, target, project);
    if (path && !/[*{}!]/.test(path) && staysInside(path) && !/\.\w+$/.test(path)) return path;
  }
  return null;
}

function fillTokens(output: string, target: BuildTarget, project: ProjectTargets): string | null {
  let known = true;
  const path = output.replace(/\{([\w.]+)\}/g, (_, token: string) => {
    if (token === 'workspaceRoot') return '.';
    if (token === 'projectRoot') return project.root;
    if (token === 'projectName') return project.name;
    const value = token.startsWith('options.') ? target.options[token.slice('options.'.length)] : undefined;
    if (typeof value !== 'string') known = false;
    return String(value);
  });
  return known ? normalisePath(path) : null;
}
