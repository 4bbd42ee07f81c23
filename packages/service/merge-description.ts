import type { ServiceDescription } from './service.gen';
import serviceSchema from './service.schema.json';
import { mergeIntoYaml, type KeyOrder } from './merge-yaml';
import type { StackDescription } from './stack.gen';
import stackSchema from './stack.schema.json';
import { readYaml } from './yaml-document';

interface OrderedSchema {
  readonly properties?: Readonly<Record<string, OrderedSchema>>;
}

/**
 * A service's description with `changes` in it. Maps are merged key by key, lists are replaced, `undefined` is ignored; every byte
 * that does not have to change stays: comments, order, quotes. With `null` or an empty text a new description is made, which starts with `header`
 * (see `schemaHeader`).
 * @throws DescriptionError where the text is no YAML map; `file` names it.
 */
export function mergeIntoDescription(
  text: string | null,
  changes: Partial<ServiceDescription>,
  header: string,
  file = 'toolbox.yaml',
): string {
  return merge(text, changes, header, file, serviceSchema as unknown as OrderedSchema);
}

/** The same for the stack's description. */
export function mergeIntoStackDescription(
  text: string | null,
  changes: Partial<StackDescription>,
  header: string,
  file = 'toolbox.yaml',
): string {
  return merge(text, changes, header, file, stackSchema as unknown as OrderedSchema);
}

/**
 * First line of a description: tells editors its schema, in the installed package.
 * `root` is the folder of the description relative to the workspace root.
 */
export function schemaHeader(root: string, kind: 'service' | 'stack'): string {
  const depth = root === '' || root === '.' ? 0 : root.split('/').length;
  const up = depth === 0 ? './' : '../'.repeat(depth);
  return `# yaml-language-server: $schema=${up}node_modules/toolbox/schemas/${kind}.json`;
}

function merge(
  text: string | null,
  changes: object,
  header: string,
  file: string,
  schema: OrderedSchema,
): string {
  // Refuses what it could only destroy: a text that is no YAML, or no map.
  const empty = text === null || readYaml(text, file).value === null;
  const start = empty ? startOf(text, header) : text!;
  return mergeIntoYaml(start, changes as Readonly<Record<string, unknown>>, keyOrder(schema));
}

/** A new description's first lines: the header, and whatever comments stood in the file already. */
function startOf(text: string | null, header: string): string {
  const comments = (text ?? '').replace(/^\uFEFF/, '').trim();
  const lines = comments.startsWith(header) ? [comments] : [header, comments];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

/** The order of keys is the order of the schema's properties. */
function keyOrder(schema: OrderedSchema): KeyOrder {
  return (path) => {
    let at: OrderedSchema | undefined = schema;
    // What stands below an environment's name has the order of the service's own keys.
    const parts = path[0] === 'env' ? path.slice(2) : path;
    if (path[0] === 'env' && path.length === 1) return [];
    for (const part of parts) at = at?.properties?.[part];
    return Object.keys(at?.properties ?? {});
  };
}
