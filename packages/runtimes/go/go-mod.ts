import { posix } from 'node:path';
import type { WorkspaceReader } from '../runtime';

/** What a go.mod or go.work says, as far as an image depends on it. */
export interface GoMod {
  /** Last part of the module's path without its major version, e.g. `podinfo` for `github.com/stefanprodan/podinfo/v6`. */
  readonly name: string | null;
  /** The version of Go that it needs, e.g. `1.25` or `1.26.3`. */
  readonly go: string | null;
  readonly hasRequirements: boolean;
  /** Folders that `replace` and `use` name, relative to the file's own folder. */
  readonly folders: readonly string[];
}

/** Directives as the reference has them, one per line or in a block: https://go.dev/ref/mod#go-mod-file */
export function parseGoMod(text: string): GoMod {
  const lines = directives(text);
  const local = (path: string | undefined) => (path && /^\.{1,2}(\/|$)/.test(path) ? [path] : []);
  const path = lines.find(([name]) => name === 'module')?.[1];
  return {
    name: path ? posix.basename(path.replace(/\/v\d+$/, '')) : null,
    go: lines.find(([name]) => name === 'go')?.[1] ?? null,
    hasRequirements: lines.some(([name]) => name === 'require'),
    folders: lines.flatMap(([name, ...words]) => {
      if (name === 'use') return local(words[0]);
      return name === 'replace' ? local(words[words.indexOf('=>') + 1]) : [];
    }),
  };
}

function directives(text: string): string[][] {
  let block: string | null = null;
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line
      .replace(/\/\/.*/, '')
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^["`]|["`]$/g, ''));
    if (words[0] === '') return [];
    if (block !== null) {
      if (words[0] !== ')') return [[block, ...words]];
      block = null;
      return [];
    }
    if (words[1] !== '(') return [words];
    block = words[0]!;
    return [];
  });
}

/** The nearest folder with a file of that name, from `folder` up to the workspace's root. */
export function folderWith(name: string, folder: string, workspace: WorkspaceReader): string | null {
  for (let current = posix.normalize(folder); ; current = posix.dirname(current)) {
    if (workspace.exists(posix.join(current, name))) return current;
    if (current === '.') return null;
  }
}

/** The smallest folder that holds the module and everything local that it is made of: replaced modules, the rest of a Go workspace. */
export function copiedFolder(module: string, workspace: WorkspaceReader): string {
  const folders = new Set([module]);
  const goWork = folderWith('go.work', module, workspace);
  const files = [posix.join(module, 'go.mod')];
  if (goWork !== null) {
    const { folders: used } = parseGoMod(workspace.read(posix.join(goWork, 'go.work')) ?? '');
    if (used.some((path) => posix.join(goWork, path).replace(/(.)\/$/, '$1') === module)) {
      folders.add(goWork);
      files.push(posix.join(goWork, 'go.work'));
    }
  }
  // A replaced module's own replacements do not count to Go, those of a workspace's modules do.
  for (let file = files.pop(); file; file = files.pop()) {
    for (const path of parseGoMod(workspace.read(file) ?? '').folders) {
      const folder = posix.join(posix.dirname(file), path).replace(/(.)\/$/, '$1');
      if (folders.has(folder) || folder.startsWith('..')) continue;
      folders.add(folder);
      if (file.endsWith('go.work')) files.push(posix.join(folder, 'go.mod'));
    }
  }
  return [...folders].reduce(commonFolder);
}

function commonFolder(a: string, b: string): string {
  if (a === '.' || b === '.') return '.';
  const other = b.split('/');
  const parts = a.split('/');
  const different = parts.findIndex((part, index) => part !== other[index]);
  return parts.slice(0, different === -1 ? parts.length : different).join('/') || '.';
}
