import { posix } from 'node:path';
import type { WorkspaceReader } from '../../runtime';
import { pythonDefaults } from '../defaults';
import type { Pyproject } from './pyproject';

/** The version of Python that a project asks for, where it is one that we have images of; `unmet` where it asks for another one. */
export function findVersion(
  root: string,
  pyproject: Pyproject | null,
  workspace: WorkspaceReader,
): { readonly version?: string; readonly unmet?: string } {
  const known: readonly string[] = pythonDefaults.runtimeVersions;
  const pinned = [root, '.']
    .map(
      (folder) =>
        /^\s*(?:cpython-|python-)?(\d+\.\d+)/.exec(
          workspace.read(posix.join(folder, '.python-version')) ?? '',
        )?.[1],
    )
    .find((version) => version !== undefined);
  if (pinned) return known.includes(pinned) ? { version: pinned } : { unmet: pinned };
  const range = pyproject?.python;
  if (!range) return {};
  const fitting = [...known].reverse().find((version) => satisfies(version, range));
  return fitting ? { version: fitting } : { unmet: range };
}

/** `>=3.11,<4`, `^3.11`, `~=3.12`, `3.13.*`, `>=3.9 || …` as far as major and minor go. */
function satisfies(version: string, range: string): boolean {
  const [major, minor] = numbers(version);
  return range.split('||').some((alternative) =>
    alternative
      .split(/[,\s]+(?=[<>=!~^\d])/)
      .map((part) => part.trim())
      .filter((part) => part !== '' && part !== '*')
      .every((part) => {
        const [, operator = '', text = ''] = /^(\^|~=|~|[<>=!]=?=?)?\s*v?([\d.]+)/.exec(part) ?? [];
        const [wantedMajor, wantedMinor = 0, patch] = numbers(text);
        const order = major! - wantedMajor! || minor! - wantedMinor;
        if (operator === '>=') return order >= 0;
        if (operator === '>') return order > 0 || (order === 0 && patch !== undefined);
        if (operator === '<') return order < 0 || (order === 0 && (patch ?? 0) > 0);
        if (operator === '<=') return order <= 0;
        if (operator === '!=') return order !== 0 || patch !== undefined;
        if (operator === '^') return major === wantedMajor && order >= 0;
        if (operator === '~=')
          return major === wantedMajor && (patch === undefined ? order >= 0 : order === 0);
        return major === wantedMajor && (numbers(text).length === 1 || order === 0);
      }),
  );
}

function numbers(text: string): number[] {
  return text
    .split('.')
    .filter((part) => part !== '')
    .map(Number);
}
