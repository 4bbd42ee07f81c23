import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';
import { DescriptionError, type Problem } from './description-error';
import type { LocatedProblem } from './schema-problems';

/** A YAML text that is a map, or nothing but comments (null), with what it takes to find lines in it. */
export interface YamlDocument {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly value: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads a YAML text. `example` is what a file could start with.
 * @throws DescriptionError where the text is no YAML or no map.
 */
export function readYaml(text: string, file: string, example = 'runtime: node'): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings].map((error): Problem => {
    const { line } = lines.linePos(error.pos[0]);
    return {
      file,
      line,
      key: '',
      message: syntaxMessage(error.code, error.message, text.slice(error.pos[0])),
    };
  });
  if (broken.length > 0) throw new DescriptionError(broken);
  const value = toPlainValue(document, file);
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    throw new DescriptionError({ file, line: 1, key: '', message: `is not a map. Start with ${example}` });
  return { document, lines, value: value as Readonly<Record<string, unknown>> | null };
}

function toPlainValue(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? null;
  } catch (error) {
    // An alias without its anchor, or aliases that unfold without end.
    throw new DescriptionError({ file, key: '', message: `is not valid YAML: ${(error as Error).message}` });
  }
}

function syntaxMessage(code: string, message: string, rest: string): string {
  if (code === 'DUPLICATE_KEY')
    return `${/^[^\s:]*/.exec(rest)![0]} stands here for the second time. Keep one of the two`;
  if (code === 'MULTIPLE_DOCS') return 'a second document starts here. Keep one';
  if (code === 'TAG_RESOLVE_FAILED') return 'a YAML tag has no meaning here. Remove it';
  return `is not valid YAML: ${message.replace(/\s+/g, ' ').trim()}`;
}

/** A problem with the line of its key. */
export function locateProblem(
  problem: LocatedProblem,
  { document, lines }: YamlDocument,
  file: string,
): Problem {
  const { key, message } = problem;
  const offset = offsetOf(document, problem.path);
  return { file, line: offset === null ? 1 : lines.linePos(offset).line, key, message };
}

/** Where the key of a path starts; for a key that is not there, where the nearest key above it starts. */
function offsetOf(document: Document, path: readonly string[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    } else {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
      if (node?.range?.[0] !== undefined) return node.range[0];
    }
  }
  return null;
}
