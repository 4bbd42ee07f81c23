import type { Severity } from '../images/finding';

/** Where a value stands in an object: keys and places in lists. */
export type Path = readonly (string | number)[];

/** Something about one object that is wrong. */
export interface Problem {
  /** Kind of the problem, e.g. `unknown-field`; the guide lists them. */
  readonly id: string;
  readonly severity: Severity;
  readonly path: Path;
  readonly why: string;
  readonly fix: string;
}

/** Takes what a check finds. */
export type Report = (problem: Problem) => void;

/** `spec.template.spec.containers[0].image`; keys that hold a dot are quoted: `metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, at) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\w$-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return at === 0 ? key : `.${key}`;
    })
    .join('');
}
