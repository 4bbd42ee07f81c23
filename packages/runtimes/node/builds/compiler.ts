import { posix } from 'node:path';
import { normalisePath } from '../paths';
import type { ReadBuild } from './build-fact';
import { text } from './options';

/** `@nx/js:tsc` and `@nx/js:swc`: one file per source file, in the layout of the sources. */
export const readCompiler: ReadBuild = ({ executor, options }, project) => {
  const output = text(options['outputPath']);
  const entry = text(options['main']);
  if (!/^@nx\/js:(tsc|swc)$/.test(executor) || !output || !entry) return null;

  const main = normalisePath(entry).replace(/\.([cm]?)tsx?$/, '.$1js');
  const base =
    options['stripLeadingPaths'] === true ? posix.dirname(main) : (text(options['rootDir']) ?? project.root);
  return {
    output: normalisePath(output),
    main: posix.relative(normalisePath(base), main),
    dependencies: 'pruned',
  };
};
