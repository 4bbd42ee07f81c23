/**
 * Reads the plain part of YAML that nearly every description is written in, and says null to all the rest, for which there is the
 * `yaml` package: it takes a hundred times as long, which counts where hundreds of descriptions are read.
 *
 * Plain are: maps in block style, lists of scalars, maps and lists in brackets on one line, comments, quoted texts without escapes,
 * unquoted ones of harmless letters. Never: anchors, tags, several documents, texts over several lines, keys twice, keys without a value.
 */
export function readSimpleYaml(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const lines = contentLines(text);
    if (lines.length === 0 || lines[0]!.indent !== 0) return null;
    const reader = new BlockReader(lines);
    const map = reader.readMap(0);
    return reader.atEnd ? map : null;
  } catch (error) {
    if (error instanceof NotSimple) return null;
    throw error;
  }
}

class NotSimple extends Error {}

function notSimple(): never {
  throw new NotSimple();
}

interface Line {
  readonly indent: number;
  readonly content: string;
}

type PlainMap = Record<string, unknown>;

const entry = /^([A-Za-z][A-Za-z0-9_-]*):(?: +(.*))?$/;

function contentLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const line of text.split(/\r?\n/)) {
    const content = line.trimStart();
    if (content === '' || content[0] === '#') {
      // A tab may not indent, even where nothing follows.
      if (/^ *$/.test(line.slice(0, line.length - content.length))) continue;
      notSimple();
    }
    // Only these letters and line breaks: no tab, no control character, nothing that some reader takes for a line break.
    if (/[^ -~]/.test(line.replace(/ #.*$/, '')) || /[^ -~\u00a1-\u1fff]/.test(line)) notSimple();
    lines.push({ indent: line.length - content.length, content: content.trimEnd() });
  }
  return lines;
}

class BlockReader {
  private next = 0;

  constructor(private readonly lines: readonly Line[]) {}

  get atEnd(): boolean {
    return this.next === this.lines.length;
  }

  readMap(indent: number): PlainMap {
    const map: PlainMap = {};
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      const [, key, rest = ''] = entry.exec(line.content) ?? notSimple();
      if (Object.hasOwn(map, key!) || isWord(key!)) notSimple();
      this.next += 1;
      map[key!] = rest === '' || rest[0] === '#' ? this.readBelow(indent) : this.readBeside(rest, indent);
    }
    // A line further in than the map belongs to nothing that is read here.
    if ((this.peek()?.indent ?? 0) > indent) notSimple();
    return map;
  }

  /** The value of a key whose line ends with the colon. */
  private readBelow(indent: number): unknown {
    const first = this.peek();
    if (!first) return notSimple();
    const isList = first.content.startsWith('- ');
    if (first.indent > indent) return isList ? this.readList(first.indent) : this.readMap(first.indent);
    return isList && first.indent === indent ? this.readList(indent) : notSimple();
  }

  private readBeside(rest: string, indent: number): unknown {
    if ((this.peek()?.indent ?? 0) > indent) notSimple();
    return new InlineReader(rest).readAll();
  }

  private readList(indent: number): readonly unknown[] {
    const list: unknown[] = [];
    for (
      let line = this.peek();
      line?.indent === indent && line.content.startsWith('- ');
      line = this.peek()
    ) {
      this.next += 1;
      list.push(new InlineReader(line.content.slice(2).trimStart()).readAll());
    }
    if ((this.peek()?.indent ?? 0) > indent) notSimple();
    return list;
  }

  private peek(): Line | undefined {
    return this.lines[this.next];
  }
}

const tokens = {
  space: / */y,
  comment: /(?: +#.*)?$/y,
  key: /([A-Za-z][A-Za-z0-9_-]*): +/y,
  quoted: /"([^"\\]*)"|'([^']*)'/y,
  // Words of harmless letters, with single spaces between them; a hyphen cannot be first.
  plain: /[A-Za-z0-9/.][A-Za-z0-9/._+@-]*(?: [A-Za-z0-9/._+@][A-Za-z0-9/._+@-]*)*/y,
};

class InlineReader {
  private at = 0;

  constructor(private readonly text: string) {}

  readAll(): unknown {
    const value = this.readValue();
    if (!this.take(tokens.comment)) notSimple();
    return value;
  }

  private readValue(): unknown {
    const first = this.text[this.at];
    if (first === '{') return this.readMap();
    if (first === '[') return this.readList();
    const quoted = this.take(tokens.quoted);
    if (quoted) return quoted[1] ?? quoted[2];
    return scalar((this.take(tokens.plain) ?? notSimple())[0]);
  }

  private readMap(): PlainMap {
    const map: PlainMap = {};
    this.readItems('}', () => {
      const key = (this.take(tokens.key) ?? notSimple())[1]!;
      if (Object.hasOwn(map, key) || isWord(key)) notSimple();
      map[key] = this.readValue();
    });
    return map;
  }

  private readList(): readonly unknown[] {
    const list: unknown[] = [];
    this.readItems(']', () => list.push(this.readValue()));
    return list;
  }

  private readItems(end: string, readItem: () => void): void {
    this.at += 1;
    this.take(tokens.space);
    while (this.text[this.at] !== end) {
      readItem();
      this.take(tokens.space);
      if (this.text[this.at] === end) break;
      if (this.text[this.at] !== ',') notSimple();
      this.at += 1;
      this.take(tokens.space);
    }
    this.at += 1;
  }

  private take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.at;
    const match = token.exec(this.text);
    if (match) this.at = token.lastIndex;
    return match;
  }
}

/** Words that YAML reads as something else than a text, and the one key that JavaScript does. */
function isWord(text: string): boolean {
  return /^(null|true|false|constructor|__proto__)$/i.test(text);
}

/** A quantity, size, time or a range of them: `512Mi..1Gi`, `200 MB`, `30s`, `1..2`. No YAML number has letters at its end. */
const measure = /^\d+(\.\d+)?( ?[A-Za-z]{1,3}(\.\.\d+(\.\d+)?[A-Za-z]{0,3})?|\.\.\d+(\.\d+)?[A-Za-z]{0,3})$/;

/** An unquoted scalar as YAML 1.2 reads it. */
function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (isWord(text) || /^\.(inf|nan)$/i.test(text)) notSimple();
  if (/^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$/.test(text)) return Number(text);
  // What else starts like a number is left to the reader that knows them all.
  if (/^[.+-]?[0-9]/.test(text) && !measure.test(text)) notSimple();
  return text;
}
