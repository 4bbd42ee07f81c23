import { findNodeAtLocation, getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { sortKeys } from './content';
import { FileError } from './paths';

/**
 * Sets our keys in a JSON file (with comments, if it has some) and keeps every other byte. Objects are merged key by key; in arrays our missing elements
 * are added at the end; other values are replaced. The same text comes back where nothing changes.
 * @throws FileError where the text is not JSON
 */
export function mergeJson(
  text: string | null,
  ours: Readonly<Record<string, unknown>>,
  path = 'the file',
): string {
  if (text === null || text.trim() === '') return `${JSON.stringify(ours, null, 2)}\n`;
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  let result = text.slice(bom.length);
  const errors: ParseError[] = [];
  const root = parseTree(result, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !root) throw new FileError(`${path}: is not valid JSON. Mend it and run again.`);
  if (root.type !== 'object') throw new FileError(`${path}: is not a JSON object. Mend it and run again.`);
  for (const [keys, value] of leaves(ours, [])) result = setValue(result, keys, value, path);
  return `${bom}${result}`;
}

type Keys = readonly string[];

function* leaves(value: unknown, keys: Keys): Generator<readonly [Keys, unknown]> {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...keys, key]);
  } else yield [keys, value];
}

function setValue(text: string, keys: Keys, value: unknown, path: string): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) return text;
  const node = findNodeAtLocation(root, [...keys]);
  if (!node) return addKey(text, root, keys, value, path);
  const current: unknown = getNodeValue(node);
  if (same(current, value) || (isObject(value) && isObject(current))) return text;
  if (Array.isArray(value) && Array.isArray(current)) {
    const missing = value.find((element) => !current.some((other) => same(other, element)));
    return missing === undefined
      ? text
      : setValue(insert(text, node, print(text, node, missing)), keys, value, path);
  }
  return splice(text, node.offset, node.length, print(text, node.parent?.parent ?? root, value));
}

/** Adds a key to the innermost object on its path that is there; what is missing around it comes with it. */
function addKey(text: string, root: Node, keys: Keys, value: unknown, path: string): string {
  let depth = keys.length - 1;
  let parent = findNodeAtLocation(root, keys.slice(0, depth));
  while (!parent) {
    depth -= 1;
    parent = findNodeAtLocation(root, keys.slice(0, depth));
  }
  const added = keys.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  if (parent.type === 'null')
    return splice(text, parent.offset, parent.length, print(text, root, { [keys[depth] ?? '']: added }));
  if (parent.type !== 'object')
    throw new FileError(
      `${path}: ${keys.slice(0, depth).join('.')}: is not an object, and ${keys[depth]} belongs in it. Mend it and run again.`,
    );
  return insert(text, parent, `${JSON.stringify(keys[depth])}: ${print(text, parent, added)}`);
}

/** Puts an element or a property behind the last one of a container, on a line of its own where the others have one. */
function insert(text: string, container: Node, element: string): string {
  const last = container.children?.at(-1);
  const inner = indentOf(text, container) + unitOf(text);
  if (!last) {
    // What stands there is white space, or comments of the user's.
    const end = container.offset + container.length - 1;
    const kept = text.slice(container.offset + 1, end).trimEnd();
    const body = `${kept}${eolOf(text)}${inner}${element}${eolOf(text)}${indentOf(text, container)}`;
    return splice(text, container.offset + 1, end - container.offset - 1, body);
  }
  const at = last.offset + last.length;
  if (onOneLine(text, container)) return splice(text, at, 0, `, ${element}`);
  // A comment behind the last one stays with it; a trailing comma stays the last thing.
  const [, comma = '', comment = ''] =
    /^([ \t]*,)?((?:[ \t]*\/\*[^\n]*?\*\/)*(?:[ \t]*\/\/[^\r\n]*)?)(?=[ \t]*\r?\n)/.exec(text.slice(at)) ??
    [];
  const addition = `,${comment}${eolOf(text)}${inner}${element}${comma.trim()}`;
  return splice(text, at, comma.length + comment.length, addition);
}

/** A value as JSON, its inner lines indented for a place inside `container`; on one line where the container is. */
function print(text: string, container: Node, value: unknown): string {
  if (onOneLine(text, container)) return JSON.stringify(value);
  const lines = JSON.stringify(value, null, unitOf(text)).split('\n');
  return lines.join(`${eolOf(text)}${indentOf(text, container)}${unitOf(text)}`);
}

function onOneLine(text: string, container: Node): boolean {
  const first = container.children?.[0];
  return first !== undefined && !text.slice(container.offset, first.offset).includes('\n');
}

function splice(text: string, offset: number, length: number, insertion: string): string {
  return `${text.slice(0, offset)}${insertion}${text.slice(offset + length)}`;
}

/** Indentation of the line that a container begins on. */
function indentOf(text: string, container: Node): string {
  const line = text.slice(text.lastIndexOf('\n', container.offset - 1) + 1, container.offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function unitOf(text: string): string {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function same(a: unknown, b: unknown): boolean {
  return a !== undefined && JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
