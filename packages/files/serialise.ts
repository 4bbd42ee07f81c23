import { Document, isMap, isScalar, isSeq, Scalar, visit, type Node, type Pair } from 'yaml';

/** A comment above a key, by its path, e.g. `['services', 'api', 'user']`. */
export interface PathComment {
  readonly path: readonly (string | number)[];
  readonly comment: string;
}

export interface YamlOptions {
  /** Lines at the top of the file, without `#`. */
  readonly header?: readonly string[];
  readonly comments?: readonly PathComment[];
  /** Keys that come first in every map, in this order; the others follow as given. */
  readonly keyOrder?: readonly string[];
}

/**
 * The one way to write YAML: version 1.1 (so that `on`, `y` and `12:30` are quoted for the tools that read 1.1), what only 1.2 takes for a number quoted too, no folding, no aliases,
 * `undefined` dropped.
 */
export function serialiseYaml(value: unknown, options: YamlOptions = {}): string {
  const document = new Document(ordered(value, options.keyOrder ?? []), {
    version: '1.1',
    aliasDuplicateObjects: false,
    keepUndefined: false,
  });
  visit(document, {
    Scalar: (_key, node) => {
      // A string to YAML 1.1, a number to 1.2: the only such form.
      if (typeof node.value === 'string' && /^[-+]?0o[0-7]+$/.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  for (const { path, comment } of options.comments ?? []) attach(document, path, comment);
  const text = document.toString({ lineWidth: 0, directives: false });
  const header = (options.header ?? []).map((line) => `#${line ? ` ${line}` : ''}\n`).join('');
  return `${header}${text}`;
}

/** JSON as every formatter leaves it: two spaces, a newline at the end, `undefined` dropped. */
export function serialiseJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function ordered(value: unknown, order: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((inner) => ordered(inner, order));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const entries = Object.entries(value).map(([key, inner], at) => ({ key, inner, at }));
  entries.sort((a, b) => rank(a.key) - rank(b.key) || a.at - b.at);
  return Object.fromEntries(entries.map(({ key, inner }) => [key, ordered(inner, order)]));
}

function attach(document: Document, path: readonly (string | number)[], comment: string): void {
  const parent = document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  const text = comment
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
  let target: Node | undefined;
  if (isMap(parent))
    target = (parent.items as Pair[])
      .map((pair) => pair.key as Node)
      .find((node) => isScalar(node) && node.value === key);
  else if (isSeq(parent)) target = parent.items[Number(key)] as Node | undefined;
  if (!target) throw new Error(`There is no ${path.join('.')} to comment on.`);
  target.commentBefore = text;
}
