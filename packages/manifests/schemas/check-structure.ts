import { listChoices, suggest } from '../../service/choices';
import { parseQuantity } from '../fields/quantity';
import type { Path, Problem, Report } from '../problem';
import { brokenCondition } from './check-limits';
import type { Definitions, Schema } from './schema';

/** What a check needs beside the value. */
export interface StructureContext {
  readonly definitions: Definitions;
  /** Custom resources are held to their schema by the API server itself; of the built-in kinds it lets some required fields be empty or missing. */
  readonly isCustom: boolean;
  /** An alternative adds conditions to a value that another schema describes: keys that it does not name are no mistake. */
  readonly isCondition?: boolean;
  readonly report: Report;
}

/**
 * Fields that the documents call required and that the API server takes as empty where they are missing, by definition.
 * Taken from its sources (k8s.io/kubernetes, pkg/apis/<group>/validation).
 */
const missingIsEmpty: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.networking.v1.NetworkPolicySpec': ['podSelector'],
  'io.k8s.api.apps.v1.StatefulSetSpec': ['serviceName'],
  'io.k8s.api.core.v1.LimitRangeSpec': ['limits'],
  'io.k8s.api.core.v1.HTTPHeader': ['value'],
  'io.k8s.api.core.v1.SleepAction': ['seconds'],
  'io.k8s.api.core.v1.Sysctl': ['value'],
  'io.k8s.api.scheduling.v1.PriorityClass': ['value'],
};

/** Compares a value with its schema, strictly: keys that it does not know, wrong types, values outside of a closed set, required keys that are missing. */
export function checkStructure(value: unknown, schema: Schema, path: Path, context: StructureContext): void {
  if (value === null || value === undefined) return;
  if (schema.ref !== undefined) {
    const definition = context.definitions(schema.ref);
    const lenient = missingIsEmpty[schema.ref];
    const required = definition.required?.filter((key) => !lenient?.includes(key));
    // The state is the cluster's own, and dropped when an object is applied: only its keys and types matter.
    const resolved = path[0] === 'status' ? { ...definition, required: [] } : { ...definition, required };
    return checkStructure(value, resolved, path, context);
  }
  const wrong = wrongType(value, schema);
  if (wrong !== null) return context.report(typeProblem(path, value, wrong));
  if (schema.enum && path[0] !== 'status' && !isAllowed(value, schema, context.isCustom))
    return context.report({
      id: 'value-not-allowed',
      severity: 'high',
      path,
      why: `${quote(value)} is none of the values that are allowed here.`,
      fix: `Use ${listChoices(schema.enum.filter((one) => one !== '').map(String))}.`,
    });
  if (context.isCustom) checkCondition(value, schema, path, context);
  if (Array.isArray(value)) checkList(value, schema, path, context);
  else if (typeof value === 'object') checkObject(value as Record<string, unknown>, schema, path, context);
}

function checkCondition(value: unknown, schema: Schema, path: Path, context: StructureContext): void {
  const broken = brokenCondition(value, schema, (alternative) => {
    let isFit = true;
    const report = () => (isFit = false);
    checkStructure(value, alternative, path, { ...context, isCondition: true, report });
    return isFit;
  });
  if (broken !== null)
    context.report({
      id: 'invalid-value',
      severity: 'high',
      path,
      why: `${broken}.`,
      fix: 'Give a value that the definition of this custom resource allows.',
    });
}

function isAllowed(value: unknown, schema: Schema, isCustom: boolean): boolean {
  // The built-in kinds take the empty text for a value that is not there.
  return schema.enum!.includes(value) || (value === '' && !isCustom);
}

function checkList(value: unknown[], schema: Schema, path: Path, context: StructureContext): void {
  if (schema.items) value.forEach((item, at) => checkStructure(item, schema.items!, [...path, at], context));
  if (!schema.listKeys) return;
  const seen = new Map<string, number>();
  value.forEach((item, at) => {
    const fields = (item ?? {}) as Record<string, unknown>;
    const key = schema.listKeys!.map((name) => fields[name] ?? (name === 'protocol' ? 'TCP' : '')).join(' ');
    const first = seen.get(key);
    if (first !== undefined && key.trim() !== '')
      context.report({
        id: 'duplicate-entry',
        severity: 'high',
        path: [...path, at],
        why: `has the same ${schema.listKeys!.join(' and ')} (${key}) as entry ${first} of the list; server-side apply refuses it.`,
        fix: 'Remove one of the two.',
      });
    seen.set(key, first ?? at);
  });
}

function checkObject(
  value: Record<string, unknown>,
  schema: Schema,
  path: Path,
  context: StructureContext,
): void {
  const known = schema.properties ?? {};
  for (const name of schema.required ?? []) {
    const present = value[name];
    const isEmpty = present === '' && !context.isCustom && known[name]?.type === 'string';
    if ((present === undefined || present === null || isEmpty) && !known[name]?.hasDefault)
      context.report({
        id: 'missing-field',
        severity: 'high',
        path: [...path, name],
        why: isEmpty ? 'is empty, but required.' : 'is missing, but required.',
        fix: `Give ${name}.`,
      });
  }
  for (const [name, inside] of Object.entries(value)) {
    const one = Object.hasOwn(known, name) ? known[name]! : null;
    if (one) checkStructure(inside, one, [...path, name], context);
    else if (schema.values) checkStructure(inside, schema.values, [...path, name], context);
    else if (
      !schema.open &&
      !context.isCondition &&
      !(schema.embedded && ['apiVersion', 'kind', 'metadata'].includes(name))
    )
      context.report({
        id: 'unknown-field',
        severity: 'high',
        path: [...path, name],
        why: 'is a field that this kind does not have.',
        fix: suggest(name, Object.keys(known)) || 'Remove it.',
      });
  }
}

/** What the schema wants and the value is not, or null. */
function wrongType(value: unknown, { type, format, properties, values }: Schema): string | null {
  const isNumber = typeof value === 'number';
  if (format === 'int-or-string')
    return typeof value === 'string' || Number.isInteger(value) ? null : 'a whole number or a text';
  if (format === 'quantity') {
    if (typeof value !== 'string' && !isNumber) return 'a quantity such as 250m or 512Mi';
    return parseQuantity(value) === null ? 'a quantity such as 250m or 512Mi' : null;
  }
  switch (type) {
    case 'string':
      if (typeof value !== 'string') return 'a text';
      if (format === 'date-time' && Number.isNaN(Date.parse(value)))
        return 'a point in time such as 2026-11-24T00:00:00Z';
      return format === 'byte' && !isBase64(value) ? 'base64' : null;
    case 'integer':
      if (!Number.isInteger(value)) return 'a whole number';
      return format === 'int32' && Math.abs(value as number) > 2 ** 31 - 1 ? 'a number of 32 bits' : null;
    case 'number':
      return isNumber ? null : 'a number';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'array':
      return Array.isArray(value) ? null : 'a list';
    case 'object':
      return isMapping(value) ? null : 'a mapping';
    default:
      return (properties || values) && !isMapping(value) ? 'a mapping' : null;
  }
}

function typeProblem(path: Path, value: unknown, wanted: string): Problem {
  return {
    id: 'wrong-type',
    severity: 'high',
    path,
    why: `${quote(value)} is not ${wanted}.`,
    fix:
      wanted === 'a text' && typeof value !== 'object'
        ? `Quote it: ${JSON.stringify(String(value))}.`
        : `Write ${wanted}.`,
  };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Standard base64 with its padding, as Go's decoder wants it; line breaks are passed over. */
function isBase64(text: string): boolean {
  const plain = text.replace(/[\r\n]/g, '');
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}

/** A value in a message: what is long or nested is only named. */
function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}
