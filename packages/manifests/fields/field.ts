import type { Severity } from '../../images/finding';
import type { Path, Report } from '../problem';

/** A place in an object, whether something is there or not: what rules about fields read and report on. */
export class Field {
  constructor(
    readonly value: unknown,
    readonly path: Path,
    private readonly report: Report,
  ) {}

  at(...keys: readonly string[]): Field {
    let value = this.value;
    for (const key of keys) value = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return new Field(value, [...this.path, ...keys], this.report);
  }

  /** A value that is null counts as none, as it does for the API server. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Null where it is no text. */
  get text(): string | null {
    return typeof this.value === 'string' ? this.value : null;
  }

  /** Null where it is no number. */
  get number(): number | null {
    return typeof this.value === 'number' ? this.value : null;
  }

  /** Entries of a list; none where it is none. */
  get items(): readonly Field[] {
    if (!Array.isArray(this.value)) return [];
    return this.value.map((item, at) => new Field(item, [...this.path, at], this.report));
  }

  /** Keys and values of a mapping; none where it is none. */
  get entries(): readonly (readonly [string, Field])[] {
    return this.keys.map((key) => [key, this.at(key)] as const);
  }

  get keys(): readonly string[] {
    return isMapping(this.value) ? Object.keys(this.value) : [];
  }

  get isMapping(): boolean {
    return isMapping(this.value);
  }

  /** Reports a problem at this place. */
  problem(id: string, severity: Severity, why: string, fix: string): void {
    this.report({ id, severity, path: this.path, why, fix });
  }

  invalid(why: string, fix: string): void {
    this.problem('invalid-value', 'high', why, fix);
  }

  missing(fix: string): void {
    this.problem('missing-field', 'high', 'is missing, but required.', fix);
  }
}

/** An object of JSON that is no list. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
