import { posix } from 'node:path';
import { DescriptionError } from '../../../service/description-error';
import type { WorkspaceReader } from '../../runtime';
import { readPyproject, type Pyproject } from './pyproject';

/** Lockfile of a project, and what is worth knowing about it. */
export interface FoundLockfile {
  readonly path: string;
  readonly content: string;
  readonly notes: readonly string[];
}

const requirements = [
  'requirements.lock',
  'requirements.txt',
  'requirements/production.txt',
  'requirements/prod.txt',
];
const commands: Readonly<Record<string, string>> = { uv: 'uv lock', poetry: 'poetry lock', pdm: 'pdm lock' };

/**
 * The lockfile in the project's own folder, else that of a uv workspace that it is a member of.
 * @throws DescriptionError where there is none, with the command that makes it
 */
export function findLockfile(
  root: string,
  pyproject: Pyproject | null,
  workspace: WorkspaceReader,
): FoundLockfile {
  const preferred = pyproject?.tool ? [`${pyproject.tool}.lock`] : [];
  const own = [...preferred, 'uv.lock', 'poetry.lock', 'pdm.lock', ...requirements];
  for (const name of own) {
    if (name.startsWith('requirements') && pyproject?.tool === 'poetry') continue;
    const path = posix.join(root, name);
    const content = workspace.read(path);
    if (content !== null) return { path, content, notes: checkRequirements(path, content) };
  }
  const shared = pyproject && workspaceLock(root, workspace);
  if (shared) return shared;
  throw new DescriptionError({ file: root, key: '', message: howToLock(root, pyproject, workspace) });
}

/** `uv.lock` in a folder above whose pyproject.toml has `[tool.uv.workspace]`. */
function workspaceLock(root: string, workspace: WorkspaceReader): FoundLockfile | null {
  for (let folder = posix.dirname(root); ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, 'uv.lock');
    const content = workspace.read(path);
    if (content !== null && readPyproject(folder, workspace)?.members) return { path, content, notes: [] };
    if (folder === '.' || folder === '/') return null;
  }
}

function howToLock(root: string, pyproject: Pyproject | null, workspace: WorkspaceReader): string {
  const start = 'no lockfile tells the exact packages. ';
  if (pyproject)
    return `${start}Run this in ${root}, and commit what it writes: ${commands[pyproject.tool ?? 'uv']}`;
  const source = workspace.exists(posix.join(root, 'requirements.in'))
    ? ''
    : 'Name its packages in requirements.in, then run';
  return `${start}${source || 'Run'} this in ${root}: uv pip compile --generate-hashes requirements.in -o requirements.txt`;
}

/** @throws DescriptionError where the file is not all there is */
function checkRequirements(path: string, content: string): readonly string[] {
  if (path.endsWith('uv.lock') || path.endsWith('poetry.lock') || path.endsWith('pdm.lock')) return [];
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const include = lines.find((line) => /^(-r|-c|--requirement|--constraint)\b/.test(line));
  if (include) {
    throw new DescriptionError({
      file: path,
      key: '',
      message: `has the line "${include}", and an image is built from one lockfile. Make it: uv pip compile --generate-hashes ${posix.basename(path)} -o requirements.lock`,
    });
  }
  if (content.includes('--hash=')) return [];
  const open = lines.filter((line) => /^[A-Za-z0-9]/.test(line) && !/===?|@ /.test(line)).length;
  return [
    `${path} has no hashes${open > 0 ? `, and ${open} of its packages have no exact version` : ''}: what is installed may change. Make a lockfile of it: uv pip compile --generate-hashes ${posix.basename(path)} -o requirements.lock`,
  ];
}

/** Does a lockfile, of whatever tool, have a package? Names compare as PEP 503 says. */
export function hasPackage({ content }: FoundLockfile, name: string): boolean {
  const pattern = name.replace(/[-_.]+/g, '[-_.]+');
  return new RegExp(`^(?:name = "${pattern}"|${pattern}(?![\\w.-]))`, 'im').test(content);
}
