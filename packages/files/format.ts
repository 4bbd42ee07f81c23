import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RenderedFile } from './types';

interface Prettier {
  getFileInfo(
    file: string,
    options: { ignorePath: string },
  ): Promise<{ ignored: boolean; inferredParser: string | null }>;
  resolveConfig(file: string, options: { editorconfig: boolean }): Promise<Record<string, unknown> | null>;
  format(source: string, options: Record<string, unknown>): Promise<string>;
}

const found = new Map<string, Prettier | null>();

/**
 * A rendered file's text as the user's own prettier writes it, with their configuration and ignore file. Without prettier in the workspace, and for
 * files that it does not know, the text as it is.
 */
export async function formatContent(root: string, file: RenderedFile): Promise<string> {
  const prettier = prettierOf(root);
  if (!prettier) return file.content;
  const path = join(root, file.path);
  try {
    const { ignored, inferredParser } = await prettier.getFileInfo(path, {
      ignorePath: join(root, '.prettierignore'),
    });
    if (ignored || !inferredParser) return file.content;
    const config = (await prettier.resolveConfig(path, { editorconfig: true })) ?? {};
    return await prettier.format(file.content, {
      ...config,
      endOfLine: 'lf',
      parser: inferredParser,
      filepath: path,
    });
  } catch {
    // A broken configuration of prettier is the user's to mend; it does not stop a generator.
    return file.content;
  }
}

function prettierOf(root: string): Prettier | null {
  const known = found.get(root);
  if (known !== undefined) return known;
  let prettier: Prettier | null;
  try {
    prettier = createRequire(join(root, 'package.json'))('prettier') as Prettier;
  } catch {
    prettier = null;
  }
  found.set(root, prettier);
  return prettier;
}
