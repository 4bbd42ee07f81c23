import { isDeepStrictEqual } from 'node:util';
import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { inlineYaml, serialiseEntry } from './yaml-entry';

/** The conventional order of the keys of the map at a path. */
export type KeyOrder = (path: readonly string[]) => readonly string[];

type Path = readonly string[];
type PlainMap = Readonly<Record<string, unknown>>;

/**
 * Sets values in a YAML text by replacing only the bytes of those values. Each change is checked by reading the result back; where
 * the replacement did not come to the wanted value (anchors, flow maps at the root …), the document is serialised as a whole instead.
 */
export function mergeIntoYaml(text: string, changes: PlainMap, order: KeyOrder): string {
  let merged: ParsedText = { text, document: parseDocument(text) };
  for (const { path, value } of leaves(merged.document, changes, [], order))
    merged = setValue(merged, path, value, order);
  return merged.text;
}

interface ParsedText {
  readonly text: string;
  readonly document: Document;
}

/** The changes one by one: a map goes key by key where a map stands already, and as a whole where none does. */
function leaves(
  document: Document,
  changes: PlainMap,
  above: Path,
  order: KeyOrder,
): readonly { readonly path: Path; readonly value: unknown }[] {
  return sortKeys(Object.keys(changes), order(above)).flatMap((key) => {
    const path = [...above, key];
    const value = withoutUndefined(changes[key]);
    if (value === undefined) return [];
    if (isPlainMap(value) && isMap(document.getIn(path, true))) return leaves(document, value, path, order);
    return [{ path, value: isPlainMap(value) ? sortDeep(value, path, order) : value }];
  });
}

function setValue(parsed: ParsedText, path: Path, value: unknown, order: KeyOrder): ParsedText {
  const { text, document } = parsed;
  if (document.hasIn(path) && isDeepStrictEqual(plain(document.getIn(path, true)), value)) return parsed;
  const edited = replaceBytes(text, document, path, value, order);
  if (document.contents === null) document.contents = document.createNode({}) as never;
  document.setIn(path, value);
  if (edited !== null) {
    const result = parseDocument(edited);
    if (result.errors.length === 0 && isDeepStrictEqual(result.toJS(), document.toJS()))
      return { text: edited, document: result };
  }
  const whole = document.toString({ lineWidth: 0 });
  return { text: whole, document: parseDocument(whole) };
}

function replaceBytes(
  text: string,
  document: Document,
  path: Path,
  value: unknown,
  order: KeyOrder,
): string | null {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const key = path[path.length - 1]!;
  const above = path.slice(0, -1);
  const map = above.length === 0 ? document.contents : document.getIn(above, true);
  if (map === null || map === undefined) {
    if (above.length > 0) return null;
    return insertLines(text, text.length, serialiseEntry(key, value, 0), newline);
  }
  if (!isMap(map)) return null;
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (pair) return replaceValue(text, pair.key as Node, pair.value as Node | null, value, newline);
  return insertEntry(text, map as YAMLMap<Node, Node | null>, key, value, order(above), newline);
}

/** Puts another value in the place of one; a value below its key moves up beside it, unless it is a list that only grows. */
function replaceValue(
  text: string,
  key: Node,
  old: Node | null,
  value: unknown,
  newline: string,
): string | null {
  if (!key.range) return null;
  if (old === null || !old.range) return splice(text, key.range[1], key.range[1], `: ${inlineYaml(value)}`);
  const end = endOf(old);
  if (isSeq(old) && !old.flow && Array.isArray(value)) {
    const items = plain(old) as readonly unknown[];
    if (items.length > 0 && isDeepStrictEqual(value.slice(0, items.length), items)) {
      const indent = columnOf(text, old.range[0]);
      const added = value.slice(items.length).map((item) => `${' '.repeat(indent)}- ${inlineYaml(item)}`);
      return insertLines(text, end, added, newline);
    }
  }
  const between = text.slice(key.range[1], old.range[0]);
  const beside = !between.includes('\n') && !isBlockScalar(text, old);
  const from = beside ? old.range[0] : key.range[1];
  const space = beside ? (/\s$/.test(between) ? '' : ' ') : ': ';
  // A block scalar ends with the line break that belongs to the next line.
  const rest = text[end - 1] === '\n' ? newline : '';
  return splice(text, from, end, `${space}${inlineYaml(value)}${rest}`);
}

/** Adds a key to a map: behind the last of the keys that conventionally stand before it, else at the end. */
function insertEntry(
  text: string,
  map: YAMLMap<Node, Node | null>,
  key: string,
  value: unknown,
  order: readonly string[],
  newline: string,
): string | null {
  const first = map.items[0];
  if (!first && map.range) return splice(text, map.range[0], map.range[1], inlineYaml({ [key]: value }));
  if (!first || !first.key.range) return null;
  const rank = order.indexOf(key);
  const before = map.items.filter(({ key: other }) => {
    const otherRank = order.indexOf(String((other as { value?: unknown }).value));
    return otherRank >= 0 && otherRank < rank;
  });
  const behind = before[before.length - 1] ?? map.items[map.items.length - 1]!;
  const end = behind.value?.range ? endOf(behind.value) : behind.key.range![1] + 1;
  if (map.flow) return splice(text, end, end, `, ${inlineYaml({ [key]: value }).slice(2, -2)}`);
  return insertLines(text, end, serialiseEntry(key, value, columnOf(text, first.key.range[0])), newline);
}

/** Adds whole lines behind the line that holds the byte before `position`. */
function insertLines(text: string, position: number, lines: readonly string[], newline: string): string {
  const added = lines.map((line) => line + newline).join('');
  if (position === 0 || text[position - 1] === '\n') return splice(text, position, position, added);
  const lineEnd = text.indexOf('\n', position);
  if (lineEnd < 0) return `${text}${newline}${added}`;
  return splice(text, lineEnd + 1, lineEnd + 1, added);
}

/** Where the text of a value ends, without the comments and empty lines that follow it. */
function endOf(node: Node): number {
  if (isCollection(node) && !node.flow && node.items.length > 0) {
    const last = node.items[node.items.length - 1] as Node | { key: Node; value: Node | null };
    if ('key' in last) return last.value?.range ? endOf(last.value) : last.key.range![1] + 1;
    return endOf(last);
  }
  return node.range![1];
}

function isBlockScalar(text: string, node: Node): boolean {
  return isScalar(node) && /[|>]/.test(text[node.range![0]] ?? '');
}

function columnOf(text: string, position: number): number {
  return position - (text.lastIndexOf('\n', position - 1) + 1);
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function plain(node: unknown): unknown {
  return isCollection(node) || isScalar(node) ? (node as { toJSON(): unknown }).toJSON() : node;
}

function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(value: unknown): unknown {
  if (!isPlainMap(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutUndefined(inner)] as const);
  const kept = entries.filter(([, inner]) => inner !== undefined);
  // A map whose every value is ignored says nothing.
  return entries.length > 0 && kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function sortDeep(value: PlainMap, path: Path, order: KeyOrder): PlainMap {
  const keys = sortKeys(Object.keys(value), order(path));
  return Object.fromEntries(
    keys.map((key) => {
      const inner = value[key];
      return [key, isPlainMap(inner) ? sortDeep(inner, [...path, key], order) : inner];
    }),
  );
}

/** Conventional order first, then the others as they come. */
function sortKeys(keys: readonly string[], order: readonly string[]): readonly string[] {
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...keys].sort((a, b) => rank(a) - rank(b));
}
