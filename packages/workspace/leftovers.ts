import type { Tree } from '@nx/devkit';
import { posix } from 'node:path';
import { lockName, parseLock, pathOfKey, type Lock } from '../files/lock';
import { descriptionFile } from '../service/resolve-service';
import { readProjects } from './projects';
import { stackRoot } from './stack-root';
import type { FileSet } from './write-rendered';

/** What was generated for projects that are no service any more: sets without files, so that the writer removes them. @throws FileError */
export function leftoverSets(tree: Tree): readonly FileSet[] {
  return readProjects(tree)
    .filter(({ root }) => root !== stackRoot && !tree.exists(descriptionFile(root)))
    .flatMap(({ root }) => emptySets(tree, root));
}

/** Every family of files that the lock of a folder knows, without its files. @throws FileError */
export function emptySets(tree: Tree, root: string): readonly FileSet[] {
  const scopes = new Set([...lockOf(tree, root).values()].map(({ scope }) => scope));
  return [...scopes].map((scope) => ({ owner: root, scope, files: [] }));
}

/** Paths of the generated files of a folder, as its lock has them. @throws FileError */
export function generatedPaths(tree: Tree, root: string): readonly string[] {
  return [...lockOf(tree, root).keys()].map((key) => pathOfKey(root, key));
}

function lockOf(tree: Tree, root: string): Lock {
  const path = posix.join(root, lockName);
  return parseLock(path, tree.read(path, 'utf-8'));
}
