/**
 * Finds the names of packages in a bundle, line by line, in the comments that bundlers write before each module: esbuild's and rolldown's
 * `// node_modules/fastify/lib/errors.js` and `//#region`, webpack's and rspack's `/***\/ "../../node_modules/fastify/fastify.js":`. Minified bundles have none.
 */
export class BundleReader {
  /** Versions by name; null where the path does not say one. */
  readonly packages = new Map<string, string | null>();
  private rest = '';

  write(chunk: Buffer): void {
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) this.read(line);
  }

  end(): void {
    this.read(this.rest);
    this.rest = '';
  }

  private read(line: string): void {
    if (line.length > longestLine) return;
    const [, path] = moduleComment.exec(line) ?? [];
    if (path === undefined) return;
    const inside = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const [, name] = /^((?:@[\w.~-]+\/)?[\w.~-]+)(?:\/|$)/.exec(inside) ?? [];
    if (name === undefined || name.startsWith('.')) return;
    const version = pnpmVersion(path, name);
    if (version !== null || !this.packages.has(name)) this.packages.set(name, version);
  }
}

/** A bundle without comments is one long line, which is not kept. */
const longestLine = 4096;

const moduleComment =
  /^\s*(?:\/\/(?:#region)? ?|\/\*{3}\/ ["']|!\*{3} )((?:[\w@.~+()-]+\/)*node_modules\/[\w@.~+()/-]+)/;

/** pnpm's folders carry the version: `node_modules/.pnpm/@scope+name@1.2.3_peer@4/node_modules/@scope/name`. */
function pnpmVersion(path: string, name: string): string | null {
  const [, folder] = /node_modules\/\.pnpm\/([^/]+)\/node_modules\/[^]*$/.exec(path) ?? [];
  const prefix = `${name.replace('/', '+')}@`;
  if (!folder?.startsWith(prefix)) return null;
  const [version = ''] = folder.slice(prefix.length).split(/[_(]/);
  return version === '' ? null : version;
}
