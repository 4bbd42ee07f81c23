import { createHash } from 'node:crypto';
import { parse } from 'yaml';

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
  const value = parseValue(path, text);
  return value === undefined ? null : blobId(canonical(value));
}

function parseValue(path: string, text: string): unknown {
  try {
    if (/\.ya?ml$/.test(path)) {
      // Several documents in one file stay text: their order and separators are for the tool that reads them.
      if (/^---\s*$/m.test(text.replace(/^---\s*$/m, ''))) return undefined;
      return parse(text, { version: '1.1', logLevel: 'silent', prettyErrors: false }) as unknown;
    }
    if (path.endsWith('.json')) return JSON.parse(text) as unknown;
  } catch {
    // Not parseable: compared as text.
  }
  return undefined;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Comments of a YAML file, one entry per comment line, trimmed. */
export function yamlComments(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /(?:^|\s)#(.*)$/.exec(line)?.[1]?.trim() ?? []);
}
