import { dereference } from './schemas.mjs';

/** A Markdown table of every key of a schema: nested keys as `health.live`, keys of a map as `env.*`. */
export function renderOptionsTable(schema, nameOf = (key) => key) {
  const rows = rowsOf(schema, schema, '', []).map(({ key, part, required }) => [
    `\`${nameOf(key)}\``,
    typeOf(schema, part),
    required ? '**required**' : defaultOf(part),
    cell(part.description),
  ]);
  if (rows.length === 0) return 'None.';
  const head = ['| Key | Type | Default | Description |', '| --- | --- | --- | --- |'];
  return [...head, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

/** A key that is the same as one further up is told by that one's name. */
const sameKey = /^#\/properties\/([^/]+)$/;

function rowsOf(schema, owner, above, open) {
  return Object.entries(owner.properties ?? {})
    .filter(([, property]) => !property['x-hidden'] && property.visible !== false)
    .flatMap(([name, property]) => {
      const key = above === '' ? name : `${above}.${name}`;
      const required = (owner.required ?? []).includes(name);
      const same = sameKey.exec(property.$ref ?? '')?.[1];
      if (same) return [{ key, required, part: { ...property, as: same } }];
      const part = dereference(schema, property);
      return [{ key, part, required }, ...innerRows(schema, part, key, open)];
    });
}

/** Rows below a key: of its own keys, of the values of a map, of the items of a list. A schema that holds itself ends there. */
function innerRows(schema, part, key, open) {
  if (open.includes(part.description)) return [];
  const inside = [...open, part.description];
  const items = dereference(schema, part.items);
  const values = typeof part.additionalProperties === 'object' ? part.additionalProperties : undefined;
  return [
    ...rowsOf(schema, part, key, inside),
    ...(items?.properties ? rowsOf(schema, items, `${key}[]`, inside) : []),
    ...(values ? rowsOf(schema, dereference(schema, values), `${key}.*`, inside) : []),
  ];
}

function typeOf(schema, part) {
  if (part.as !== undefined) return `as \`${part.as}\``;
  if (part.const !== undefined) return code(part.const);
  if (part.enum) return part.enum.map(code).join(', ');
  if (part.oneOf || part.anyOf)
    return (part.oneOf ?? part.anyOf)
      .map((choice) => typeOf(schema, dereference(schema, choice)))
      .join(' or ');
  const types = [part.type ?? 'string'].flat();
  return types.map((type) => (type === 'array' ? listType(schema, part) : type)).join(' or ');
}

function listType(schema, { items }) {
  return items ? `list of ${typeOf(schema, dereference(schema, items))}` : 'list';
}

function defaultOf({ default: value }) {
  if (value === undefined) return '';
  return value === '' ? '(empty)' : code(value);
}

function code(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** Text in a table: no line break, no column of its own, no tag outside of code. */
function cell(text) {
  return text
    .replaceAll('|', '\\|')
    .replace(/\s+/g, ' ')
    .split('`')
    .map((piece, i) => (i % 2 === 0 ? piece.replaceAll('<', '&lt;') : piece))
    .join('`');
}
