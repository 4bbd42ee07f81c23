import ids from './licence-ids.json';

const byLowerCase = new Map(ids.map((id) => [id.toLowerCase(), id]));

/** A licence as a package states it. */
export interface Licence {
  /** As it stands there. */
  readonly stated: string;
  /** SPDX expression that it is; null: it is a name of their own. */
  readonly expression: string | null;
  /** Whether the expression is a single identifier of SPDX's list. */
  readonly isId: boolean;
}

/** Reads what a package states: an identifier of SPDX's list in any case, or an expression of such (SPDX 2.3, annex D). */
export function readLicence(stated: string): Licence {
  const id = byLowerCase.get(stated.toLowerCase());
  if (id !== undefined) return { stated, expression: id, isId: true };
  const words = stated.match(/[()]|[^\s()]+/g) ?? [];
  const parser = new ExpressionParser(words);
  return { stated, expression: parser.parse(), isId: false };
}

/** `a AND (b OR c WITH d)`; operators in upper case or, as packages often have them, in lower case. */
class ExpressionParser {
  private at = 0;

  constructor(private readonly words: readonly string[]) {}

  parse(): string | null {
    const expression = this.compound(0);
    return this.at === this.words.length ? expression : null;
  }

  private compound(depth: number): string | null {
    let expression = this.simple(depth);
    while (expression !== null && this.isWord('AND', 'OR')) {
      const operator = this.words[this.at++]!.toUpperCase();
      const next = this.simple(depth);
      expression = next === null ? null : `${expression} ${operator} ${next}`;
    }
    return expression;
  }

  private simple(depth: number): string | null {
    const word = this.words[this.at++];
    if (word === undefined || depth > 20) return null;
    if (word === '(') {
      const inner = this.compound(depth + 1);
      return inner !== null && this.words[this.at++] === ')' ? `(${inner})` : null;
    }
    const id = byLowerCase.get(word.toLowerCase());
    if (id === undefined || !this.isWord('WITH')) return id ?? null;
    this.at += 1;
    const exception = byLowerCase.get(this.words[this.at++]?.toLowerCase() ?? '');
    return exception === undefined ? null : `${id} WITH ${exception}`;
  }

  private isWord(...names: readonly string[]): boolean {
    return names.includes(this.words[this.at]?.toUpperCase() ?? '');
  }
}
