/** A token of JavaScript, as far as finding imports needs it. `value` of a string is its content without escapes resolved. */
export interface Token {
  /** `template` is one without holes; `part` is a piece of one with holes. */
  readonly kind: 'word' | 'string' | 'template' | 'part' | 'number' | 'regex' | 'punctuator';
  readonly value: string;
  /** Offset in the text. */
  readonly start: number;
}

/** Words after which a `/` starts a regular expression. */
const beforeExpression = new Set(
  'await case delete do else extends in instanceof new of return throw typeof void yield'.split(' '),
);
/** Words whose parentheses are no expression: a `/` after them starts a regular expression. */
const withCondition = new Set(['if', 'while', 'for', 'with']);

const word = /[\p{ID_Start}$_\\#](?:[\p{ID_Continue}$\\]|\u200c|\u200d)*/uy;
const number = /\.?\d(?:[eE][+-]|[\w.])*/y;
const space = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n\r])*\]|[^/\\[\n\r])+\/[\p{ID_Continue}$]*/uy;
const templatePart = /(?:\\[^]|\$(?!\{)|[^`\\$])*/y;

/**
 * Cuts JavaScript into tokens. It never fails: what it does not understand becomes a punctuator, so that a bundle with a syntax
 * of tomorrow is still read. Regular expressions are told from divisions by the token before them.
 */
export function* tokens(text: string): Generator<Token> {
  let at = text.startsWith('#!') ? endOfLine(text) : 0;
  let previous: Token | null = null;
  let divides = false;
  // For every open bracket: whether a `/` after its closing one is a division. `${` of a template is on it, too.
  const open: { readonly bracket: string; readonly divides: boolean }[] = [];

  const match = (expression: RegExp): string | null => {
    expression.lastIndex = at;
    const found = expression.exec(text);
    return found && found[0] !== '' ? found[0] : null;
  };

  while (at < text.length) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) return;
    const start = at;
    const char = text[at]!;
    let token: Token;
    if (char === '"' || char === "'") {
      at = endOfString(text, at);
      token = { kind: 'string', value: text.slice(start + 1, at - 1), start };
      divides = true;
    } else if (char === '`' || (char === '}' && open.at(-1)?.bracket === '${')) {
      if (char === '}') open.pop();
      at++;
      at += match(templatePart)?.length ?? 0;
      const whole = char === '`' && text[at] === '`';
      token = { kind: whole ? 'template' : 'part', value: whole ? text.slice(start + 1, at) : '', start };
      divides = text[at] === '`';
      if (text.startsWith('${', at)) {
        open.push({ bracket: '${', divides: true });
        at += 2;
      } else at++;
    } else if (match(word)) {
      const value = match(word)!;
      at += value.length;
      token = { kind: 'word', value, start };
      divides = previous?.value === '.' || !(beforeExpression.has(value) || withCondition.has(value));
    } else if (match(number)) {
      const value = match(number)!;
      at += value.length;
      token = { kind: 'number', value, start };
      divides = true;
    } else if (char === '/' && !divides && match(regex)) {
      const value = match(regex)!;
      at += value.length;
      token = { kind: 'regex', value, start };
      divides = true;
    } else {
      const value =
        text.startsWith('=>', at) || text.startsWith('++', at) || text.startsWith('--', at)
          ? text.slice(at, at + 2)
          : char;
      at += value.length;
      token = { kind: 'punctuator', value, start };
      if (char === '(' || char === '[') {
        const condition = previous?.kind === 'word' && withCondition.has(previous.value);
        open.push({ bracket: char, divides: !condition });
        divides = false;
      } else if (char === '{') {
        open.push({ bracket: char, divides: startsObject(previous, divides) });
        divides = false;
      } else if (char === ')' || char === ']' || char === '}') {
        divides = open.pop()?.divides ?? true;
      } else if (value !== '++' && value !== '--') {
        divides = false;
      }
    }
    yield token;
    previous = token;
  }
}

/** Whether a `{` after this token is an object literal (or a template's hole), not a block. */
function startsObject(previous: Token | null, divides: boolean): boolean {
  if (!previous) return false;
  if (previous.kind === 'word') return !divides && previous.value !== 'do' && previous.value !== 'else';
  if (previous.kind !== 'punctuator') return false;
  return '([,=:?!&|+-*%<>~^'.includes(previous.value);
}

function endOfString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at + 1;
  }
  return text.length;
}

function endOfLine(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}
