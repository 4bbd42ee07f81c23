/**
 * Reads a Dockerfile as BuildKit's own parser does, as far as inputs and bases need it: escape directive, continuation
 * lines with comments inside, heredocs, JSON form, flags. Pure: it reads no file and resolves nothing.
 */

/** One instruction. `line` is 1-based and the first line of the instruction. */
export interface Instruction {
  /** Upper case, e.g. `COPY`. */
  readonly name: string;
  /** Flags before the arguments, e.g. `{ name: 'from', value: 'build' }`; a flag without `=` has the value `true`. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** Words of the arguments, quotes removed; the items themselves in JSON form. */
  readonly words: readonly string[];
  /** The arguments as written, continuation lines joined. */
  readonly text: string;
  readonly line: number;
  /** 1-based, with its heredocs. */
  readonly lastLine: number;
  readonly heredocs: readonly Heredoc[];
}

/** A document that follows an instruction: `<<EOF`. */
export interface Heredoc {
  readonly name: string;
  /** `<<'EOF'`: no variable in it is replaced. */
  readonly quoted: boolean;
  /** Every line with its end; without the leading tabs that `<<-` drops. */
  readonly content: string;
}

export interface Stage {
  /** Lower case, as stage names compare; null without `AS`. */
  readonly name: string | null;
  /** What `FROM` names, with variables as written. */
  readonly from: string;
  readonly line: number;
  /** Everything after its FROM. */
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** Defaults of the ARGs before the first FROM; null where one has no default. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly stages: readonly Stage[];
}

/** Instructions whose heredocs are documents rather than text. */
const withHeredocs = new Set(['RUN', 'COPY', 'ADD']);
const withFlags = new Set(['RUN', 'COPY', 'ADD', 'FROM', 'HEALTHCHECK']);

export function parseDockerfile(text: string): Dockerfile {
  const args: Record<string, string | null> = {};
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of parseInstructions(text)) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [from = '', as, name] = instruction.words;
      const named = as?.toUpperCase() === 'AS' && name ? name.toLowerCase() : null;
      stages.push({ name: named, from, line: instruction.line, instructions: [] });
    } else if (stage) {
      stage.instructions.push(instruction);
    } else if (instruction.name === 'ARG') {
      for (const word of instruction.words) {
        const [name = '', ...value] = word.split('=');
        args[name] = word.includes('=') ? value.join('=') : null;
      }
    }
  }
  return { args, stages };
}

export function parseInstructions(text: string): Instruction[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = escapeDirective(lines);
  const continued = escape === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  const instructions: Instruction[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (isSkipped(lines[index]!)) continue;
    const line = index + 1;
    let joined = '';
    for (; index < lines.length; index++) {
      const current = lines[index]!;
      // Comments and empty lines inside a continuation are no part of it.
      if (joined !== '' && isSkipped(current)) continue;
      const last = !continued.test(current);
      joined += last ? current : current.replace(continued, '');
      if (last) break;
    }
    const instruction = toInstruction(joined.trim(), line, escape);
    const documents: Heredoc[] = [];
    for (const heredoc of withHeredocs.has(instruction.name) ? heredocs(instruction.text) : []) {
      const end = endOfHeredoc(lines, index, heredoc);
      documents.push(toHeredoc(heredoc, lines.slice(index + 1, end)));
      index = end;
    }
    instructions.push({ ...instruction, lastLine: index + 1, heredocs: documents });
  }
  return instructions;
}

function isSkipped(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** Directives stand before everything else, one per line; the first other line ends them. */
function escapeDirective(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^\s*#\s*([A-Za-z]+)\s*=\s*(\S+)\s*$/.exec(line);
    if (!directive) return '\\';
    if (directive[1]!.toLowerCase() === 'escape') return directive[2]!;
  }
  return '\\';
}

function toInstruction(
  source: string,
  line: number,
  escape: string,
): Omit<Instruction, 'lastLine' | 'heredocs'> {
  const [, name = '', after = ''] = /^(\S+)\s*([\s\S]*)$/.exec(source) ?? [];
  const flags: { name: string; value: string }[] = [];
  let text = after;
  if (withFlags.has(name.toUpperCase())) {
    for (
      let flag;
      (flag = /^--([a-z][\w-]*)(?:=(\S*))?(?:\s+|$)/.exec(text));
      text = text.slice(flag[0].length)
    )
      flags.push({ name: flag[1]!, value: unquote(flag[2] ?? 'true') });
  }
  return { name: name.toUpperCase(), flags, words: jsonWords(text) ?? splitWords(text, escape), text, line };
}

/** The items of the JSON form; null for the other one. */
export function jsonWords(text: string): string[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    return null;
  }
}

function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === escape && quote !== "'" && index + 1 < text.length) {
      // An escaped `$` is kept as such, so that it is no variable later.
      const next = text[++index]!;
      word = (word ?? '') + (next === '$' ? `\\$` : next);
    } else if (quote) {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

interface HeredocStart {
  readonly name: string;
  readonly quoted: boolean;
  /** `<<-` drops leading tabs, also before the terminator. */
  readonly chomp: boolean;
}

function heredocs(text: string): HeredocStart[] {
  if (jsonWords(text)) return [];
  const found = text.matchAll(/(?:^|\s)\d*<<(-?)(["']?)([^\s<"']+)\2(?=$|\s)/g);
  return [...found].map((match) => ({ name: match[3]!, quoted: match[2] !== '', chomp: match[1] === '-' }));
}

function toHeredoc({ name, quoted, chomp }: HeredocStart, lines: readonly string[]): Heredoc {
  const kept = chomp ? lines.map((line) => line.replace(/^\t+/, '')) : lines;
  return { name, quoted, content: kept.map((line) => `${line}\n`).join('') };
}

function endOfHeredoc(lines: readonly string[], from: number, heredoc: HeredocStart): number {
  for (let index = from + 1; index < lines.length; index++) {
    const line = heredoc.chomp ? lines[index]!.replace(/^\t+/, '') : lines[index]!;
    if (line === heredoc.name) return index;
  }
  // Unterminated: BuildKit refuses the file; what follows is no instruction either way.
  return lines.length;
}
