import type { Schema } from './schema';

/** The part of OpenAPI 3 that custom resource definitions are written in. */
export interface OpenApi extends Omit<
  Schema,
  'properties' | 'items' | 'values' | 'allOf' | 'anyOf' | 'oneOf' | 'not' | 'ref' | 'open'
> {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, OpenApi>>;
  readonly additionalProperties?: boolean | OpenApi;
  readonly items?: OpenApi;
  readonly allOf?: readonly OpenApi[];
  readonly anyOf?: readonly OpenApi[];
  readonly oneOf?: readonly OpenApi[];
  readonly not?: OpenApi;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** Keywords that mean the same in both forms. */
const kept = [
  'type',
  'format',
  'enum',
  'required',
  'nullable',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
] as const;

/** The schema of a custom resource in the form that the built-in kinds have. Rules in CEL (`x-kubernetes-validations`) are not evaluated. */
export function fromOpenApi(schema: OpenApi): Schema {
  const { properties, items, additionalProperties, not } = schema;
  const isAnything = schema['x-kubernetes-preserve-unknown-fields'] || additionalProperties === true;
  const listKeys = schema['x-kubernetes-list-map-keys'];
  return {
    ...Object.fromEntries(
      kept.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key] as unknown]),
    ),
    ...(schema['x-kubernetes-int-or-string'] ? { type: 'string', format: 'int-or-string' } : {}),
    ...(schema['x-kubernetes-embedded-resource'] ? { embedded: true } : {}),
    ...(schema.default === undefined ? {} : { hasDefault: true }),
    ...(listKeys ? { listKeys } : {}),
    ...(schema['x-kubernetes-list-type'] === 'set' ? { uniqueItems: true } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, fromOpenApi(one)]),
          ),
        }
      : {}),
    ...(items ? { items: fromOpenApi(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { values: fromOpenApi(additionalProperties) } : {}),
    ...(isAnything ? { open: true } : {}),
    ...Object.fromEntries(
      (['allOf', 'anyOf', 'oneOf'] as const)
        .filter((key) => schema[key])
        .map((key) => [key, schema[key]!.map(fromOpenApi)]),
    ),
    ...(not ? { not: fromOpenApi(not) } : {}),
  };
}
