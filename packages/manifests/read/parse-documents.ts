import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Tags,
} from 'yaml';
import type { Path } from '../problem';

/** A YAML document of a file, with the lines of its parts. */
export interface SourceDocument {
  /** Relative to the workspace root, POSIX. */
  readonly file: string;
  readonly value: unknown;
  /** Line of the deepest part of the path that is there, and how many of its keys are. */
  readonly locate: (path: Path) => { readonly line: number; readonly depth: number };
}

/** Something that is wrong with the text of a file. */
export interface TextProblem {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly why: string;
  readonly fix: string;
}

export interface ParsedFile {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly TextProblem[];
}

/**
 * Words that readers of YAML 1.1, as kubectl is one, take for a truth value and readers of YAML 1.2 for a text.
 */
const oldBooleans = /^(y|n|yes|no|on|off)$/i;

/** Reads a file as kubectl does: YAML 1.1, but times and numbers to the base of 60 are texts, and a key that is there twice is a mistake. */
export function parseDocuments(file: string, text: string): ParsedFile {
  const counter = new LineCounter();
  const found = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: counter,
    prettyErrors: false,
    merge: true,
    customTags: (tags: Tags) => tags.filter((tag) => typeof tag === 'string' || !isOnlyYaml(tag)),
  });
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const problems: TextProblem[] = [];
  const documents: SourceDocument[] = [];
  for (const document of Array.isArray(found) ? found : []) {
    for (const { code, message, pos } of document.errors) {
      const isTwice = code === 'DUPLICATE_KEY';
      problems.push({
        id: isTwice ? 'duplicate-key' : 'not-yaml',
        file,
        line: lineAt(pos[0]),
        why: isTwice ? 'is a key that is there twice; only one of the two counts.' : message.split('\n')[0]!,
        fix: isTwice ? 'Remove one of the two.' : 'Correct the YAML.',
      });
    }
    if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) continue;
    problems.push(...oldBooleansOf(document, file, lineAt));
    const value = document.toJS() as unknown;
    if (value !== null) documents.push({ file, value, locate: locator(document, lineAt) });
  }
  return { documents, problems };
}

/** Types of YAML that JSON, and so Kubernetes, does not have. */
function isOnlyYaml(tag: { readonly tag: string; readonly format?: string }): boolean {
  return (
    tag.format === 'TIME' ||
    ['timestamp', 'binary', 'omap', 'pairs', 'set'].some((name) => tag.tag === `tag:yaml.org,2002:${name}`)
  );
}

function oldBooleansOf(
  document: Document,
  file: string,
  lineAt: (offset: number) => number,
): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  visit(document, {
    Scalar(_, { type, source = '', range }) {
      if (type !== 'PLAIN' || !oldBooleans.test(source)) return;
      problems.push({
        id: 'yaml-boolean',
        file,
        line: lineAt(range?.[0] ?? 0),
        why: `${source} without quotes is true or false to some readers and a text to others.`,
        fix: `Write true or false, or quote it: "${source}".`,
      });
    },
  });
  return problems;
}

function locator(document: Document, lineAt: (offset: number) => number): SourceDocument['locate'] {
  const lineOf = (node: unknown) => (isNode(node) ? lineAt(node.range?.[0] ?? 0) : 1);
  return (path) => {
    let node: unknown = document.contents;
    let line = lineOf(node);
    for (const [depth, key] of path.entries()) {
      if (!isCollection(node)) return { line, depth };
      // The line of a key, not of its value, which may begin on the next one.
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
        : null;
      const inside: unknown = pair
        ? pair.value
        : (node as { get(key: unknown, keep: true): Node | undefined }).get(key, true);
      if (!pair && inside === undefined) return { line, depth };
      line = lineOf(pair ? pair.key : inside);
      node = inside;
    }
    return { line, depth: path.length };
  };
}
