import { posix } from 'node:path';
import type { WorkspaceReader } from '../runtime';

/** One Go file of a project. */
export interface SourceFile {
  readonly path: string;
  readonly content: string;
}

/** Enough for the source of any service; a bound so that a generated folder does not take minutes. */
const mostFiles = 500;
/** Go itself ignores the folders that begin with a dot or an underscore, and testdata. */
const skipped = /^(vendor|testdata|node_modules|dist)$|^[._]/;

/** The Go files of a folder and of those below, without tests, other modules and vendored packages, sorted by path. */
export function sourceFiles(root: string, workspace: WorkspaceReader): readonly SourceFile[] {
  const files: SourceFile[] = [];
  collect(root);
  return files;

  function collect(folder: string): void {
    for (const name of [...workspace.list(folder)].sort()) {
      if (files.length >= mostFiles || skipped.test(name)) continue;
      const path = posix.join(folder, name);
      if (name.endsWith('.go')) {
        const content = name.endsWith('_test.go') ? null : workspace.read(path);
        if (content !== null) files.push({ path, content: withoutComments(content) });
      } else if (!name.includes('.') && !workspace.exists(posix.join(path, 'go.mod'))) {
        collect(path);
      }
    }
  }
}

/** Comments would name ports and routes that nothing serves. `://` in a text is no comment. */
function withoutComments(content: string): string {
  return content.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:"'`])\/\/.*$/gm, '$1');
}

/** Folders of programs: package main with a function main, not left out by `//go:build ignore`. */
export function mainFolders(sources: readonly SourceFile[]): readonly string[] {
  const folders = sources
    .filter(({ content }) => /^package\s+main\b/m.test(content) && /^func\s+main\(\)/m.test(content))
    .map(({ path }) => posix.dirname(path));
  return [...new Set(folders)];
}
