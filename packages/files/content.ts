import { createHash } from 'node:crypto';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, parseDocument, visit, type Node } from 'yaml';

/** Text as it lies on disk, and how: the form is kept when the text is written again. */
export interface DiskText {
  /** With `\n` and without a byte order mark. */
  readonly text: string;
  readonly crlf: boolean;
  readonly bom: boolean;
}

export function readText(raw: string): DiskText {
  const bom = raw.startsWith('\uFEFF');
  const text = bom ? raw.slice(1) : raw;
  const crlf = (text.match(/\r\n/g) ?? []).length * 2 > (text.match(/\n/g) ?? []).length;
  return { text: crlf ? text.replace(/\r\n/g, '\n') : text, crlf, bom };
}

/** The same text in the form of a file that is there already. */
export function inFormOf(text: string, form: Pick<DiskText, 'crlf' | 'bom'> | null): string {
  if (!form) return text;
  return `${form.bom ? '\uFEFF' : ''}${form.crlf ? text.replace(/\r?\n/g, '\r\n') : text}`;
}

/** The id that git gives a blob of this content (SHA-1 of `blob <bytes>\0<content>`). */
export function blobId(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/**
 * For YAML and JSON: an id of the value, the same for every way to write it down. Null for other files and for text that does not parse.
 * YAML is read as 1.1, as Compose and Kubernetes tools do.
 */
export function valueId(path: string, text: string): string | null {
  const value = isYaml(path) ? yamlValue(text) : path.endsWith('.json') ? jsonValue(text) : undefined;
  return value === undefined ? null : blobId(JSON.stringify(value));
}

/** Whether a text is what its file name says: false only for YAML and JSON that does not parse. */
export function isWellFormed(path: string, text: string): boolean {
  if (path.endsWith('.json')) return jsonValue(text) !== undefined;
  if (!isYaml(path)) return true;
  return yamlDocuments(text).every(({ errors }) => errors.length === 0);
}

const yamlOptions = { version: '1.1', logLevel: 'silent', prettyErrors: false } as const;

function yamlDocuments(text: string): readonly { readonly errors: readonly unknown[] }[] {
  return [...parseAllDocuments(text, yamlOptions)];
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

function jsonValue(text: string): unknown {
  try {
    return sortKeys(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/**
 * The value of a document, in a form that says the same for the same value only. Undefined where the way it is written is itself a decision of the
 * user: several documents, anchors and aliases, merge keys, tags (Compose's `!reset`).
 */
function yamlValue(text: string): unknown {
  const document = parseDocument(text, yamlOptions);
  if (document.errors.length > 0) return undefined;
  let plain = true;
  visit(document, (_key, node) => {
    if (isAlias(node)) plain = false;
    else if (isScalar(node) || isMap(node) || isSeq(node))
      plain &&= !node.anchor && !node.tag && !(isScalar(node) && node.source === '<<');
    return plain ? undefined : visit.BREAK;
  });
  return plain ? nodeValue(document.contents) : undefined;
}

function nodeValue(node: unknown): unknown {
  if (isMap<Node, Node>(node)) {
    const pairs = node.items.map(({ key, value }) => [nodeValue(key), nodeValue(value)]);
    return { map: pairs.sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1)) };
  }
  if (isSeq<Node>(node)) return node.items.map(nodeValue);
  const value = isScalar(node) ? node.value : null;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined)
    return value ?? null;
  // `3.10` and `3.1` are one number, but not to a reader that wants a string; a long one loses digits.
  return { [typeof value]: (isScalar(node) && node.source) || String(value) };
}

/** The same value with the keys of all objects in one order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** Comments of a YAML file, one entry per comment line, trimmed. */
export function yamlComments(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /(?:^|\s)#(.*)$/.exec(line)?.[1]?.trim() ?? []);
}
