import { posix } from 'node:path';
import { normalisePath, stem } from '../paths';
import type { ReadBuild } from './build-fact';
import { list, record, text } from './options';

/** `@nx/esbuild:esbuild`. Its defaults: `bundle` true, `thirdParty` false, format esm. */
export const readEsbuild: ReadBuild = ({ executor, options }) => {
  const output = text(options['outputPath']);
  const entry = text(options['main']);
  if (executor !== '@nx/esbuild:esbuild' || !output || !entry) return null;

  // A configuration file can name externals of its own: then only the real imports tell.
  const bundled =
    options['bundle'] !== false &&
    options['thirdParty'] === true &&
    list(options['external']).length === 0 &&
    options['esbuildConfig'] === undefined;
  const main = text(options['outputFileName']) ?? stem(entry);
  return {
    output: normalisePath(output),
    main: /\.[cm]?js$/.test(main) ? posix.basename(main) : main + extension(options),
    dependencies: bundled ? 'bundled' : 'pruned',
  };
};

/** The executor writes `.cjs` for cjs and `.js` for esm where `esbuildOptions.outExtension` says nothing else. */
function extension(options: Readonly<Record<string, unknown>>): string {
  const own = text(record(record(options['esbuildOptions'])['outExtension'])['.js']);
  if (own) return own;
  return list(options['format']).includes('cjs') ? '.cjs' : '.js';
}
