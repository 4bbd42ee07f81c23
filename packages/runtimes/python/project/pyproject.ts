import { posix } from 'node:path';
import { parse } from 'smol-toml';
import { DescriptionError } from '../../../service/description-error';
import type { WorkspaceReader } from '../../runtime';

/** What a project's pyproject.toml says, as far as an image needs it. */
export interface Pyproject {
  /** `requires-python`, or Poetry's constraint on `python`. */
  readonly python: string | null;
  /** The tool whose section the file has; `null` where only standard sections are there. */
  readonly tool: 'uv' | 'poetry' | 'pdm' | null;
  /** Names of the console scripts with their entry points, e.g. `shop.cli:main`, sorted by name. */
  readonly scripts: readonly (readonly [string, string])[];
  /** `[tool.fastapi] entrypoint`, e.g. `app.main:app`. */
  readonly entrypoint: string | null;
  /** Packages that come from a folder of the workspace instead of an index. */
  readonly local: readonly string[];
  /** Patterns of `[tool.uv.workspace] members`; null where the file is no workspace's. */
  readonly members: readonly string[] | null;
}

type Table = Readonly<Record<string, unknown>>;

/** @throws DescriptionError where the file is no TOML, with the line */
export function readPyproject(folder: string, workspace: WorkspaceReader): Pyproject | null {
  const file = posix.join(folder, 'pyproject.toml');
  const text = workspace.read(file);
  if (text === null) return null;
  const root = parseToml(text, file);
  const project = table(root['project']);
  const tools = table(root['tool']);
  const poetry = table(tools['poetry']);
  const uv = table(tools['uv']);
  const poetryDependencies = table(poetry['dependencies']);
  const scripts = { ...table(poetry['scripts']), ...table(project['scripts']) };
  return {
    python: textOf(project['requires-python']) ?? textOf(poetryDependencies['python']),
    tool: (['poetry', 'pdm', 'uv'] as const).find((name) => name in tools) ?? null,
    scripts: Object.entries(scripts)
      .flatMap(([name, target]) => (typeof target === 'string' ? [[name, target] as const] : []))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    entrypoint: textOf(table(tools['fastapi'])['entrypoint']),
    local: [...localOf(table(uv['sources'])), ...localOf(poetryDependencies)].sort(),
    members: 'workspace' in uv ? list(table(uv['workspace'])['members']) : null,
  };
}

function parseToml(text: string, file: string): Table {
  try {
    return parse(text) as Table;
  } catch (error) {
    const line = (error as { line?: number }).line;
    const reason = String((error as Error).message).split('\n')[0];
    throw new DescriptionError({ file, key: line ? `line ${line}` : '', message: `${reason}. Correct it` });
  }
}

/** `{ path = "../lib" }` and `{ workspace = true }` */
function localOf(sources: Table): string[] {
  return Object.entries(sources).flatMap(([name, source]) => {
    const { path, workspace } = table(source);
    return path !== undefined || workspace === true ? [name] : [];
  });
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
