import { Field } from './fields/field';
import type { Path, Problem } from './problem';

/** Where something is written down. */
export interface Place {
  /** Relative to the workspace root, POSIX. */
  readonly file: string;
  readonly line: number;
}

/** One object, as it would be sent to the API server. */
export interface Manifest {
  readonly kind: string;
  /** Group without version; empty for the core. */
  readonly group: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Null where it names none. */
  readonly namespace: string | null;
  /** Reads the object; what is reported on it ends in `problems`. */
  readonly root: Field;
  readonly problems: Problem[];
  /** Where a part of the object comes from. */
  readonly placeOf: (path: Path) => Place;
  /** Only there so that others can refer to it: what is wrong with it is told where it belongs. */
  readonly isForeign: boolean;
}

/** @param placeOf where a part of the object comes from */
export function manifestOf(value: unknown, placeOf: Manifest['placeOf'], isForeign = false): Manifest {
  const problems: Problem[] = [];
  const root = new Field(value, [], (problem) => problems.push(problem));
  const apiVersion = root.at('apiVersion').text ?? '';
  return {
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
    kind: root.at('kind').text ?? '',
    name: root.at('metadata', 'name').text ?? '',
    namespace: root.at('metadata', 'namespace').text,
    root,
    problems,
    placeOf,
    isForeign,
  };
}

/** `Deployment/api`, as kubectl names objects. */
export function labelOf({ kind, name }: Manifest): string {
  return `${kind || 'object'}/${name || '?'}`;
}
