import { declaredSpec, type Manifest } from '../manifest';

/**
 * `overrides` of the root with its `$name` references replaced by what they refer to: the pruned root may not have that
 * dependency any more. `allowScripts` says which packages may run their installation scripts.
 */
export function inlineReferences(root: Manifest): Readonly<Record<string, unknown>> {
  const { overrides, allowScripts } = root;
  return {
    ...(overrides === undefined ? {} : { overrides: inline(overrides, root) }),
    ...(allowScripts === undefined ? {} : { allowScripts }),
  };
}

function inline(value: unknown, root: Manifest): unknown {
  if (typeof value === 'string')
    return value.startsWith('$') ? (declaredSpec(root, value.slice(1))?.spec ?? value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inline(item, root)]));
}
