/** Form of a value in a manifest, compact: what Kubernetes' OpenAPI documents and custom resource definitions say about it. */
export interface Schema {
  /** Name of a definition of the same Kubernetes version. */
  readonly ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** `int-or-string` and `quantity` also take numbers. */
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** Of the values of a map. */
  readonly values?: Schema;
  /** Takes keys that are not named here. */
  readonly open?: boolean;
  readonly enum?: readonly unknown[];
  /** What tells the entries of a list apart. */
  readonly listKeys?: readonly string[];
  /** A whole object of any kind lies here. */
  readonly embedded?: boolean;
  readonly nullable?: boolean;
  readonly hasDefault?: boolean;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly uniqueItems?: boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
}

/** A kind of object in one Kubernetes version. */
export interface Kind {
  readonly schema: Schema;
  readonly namespaced: boolean;
  readonly isCustom: boolean;
  /** Said of a kind that is on its way out; null otherwise. */
  readonly deprecation: string | null;
}

/** Looks a definition up by its name. */
export type Definitions = (name: string) => Schema;
