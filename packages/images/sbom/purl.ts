import type { PackageRecord } from './package-record';

/** Package URL: `pkg:type/namespace/name@version?key=value`, as its specification encodes it. */
export function purlOf({
  type,
  namespace,
  name,
  version,
  qualifiers,
}: Pick<PackageRecord, 'namespace' | 'name' | 'version' | 'qualifiers'> & { readonly type: string }): string {
  const path = [...namespace.split('/'), name].filter((part) => part !== '').map(encode);
  const pairs = Object.entries(qualifiers)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return [
    `pkg:${type}/${path.join('/')}`,
    version === null ? '' : `@${encode(version)}`,
    pairs.length === 0 ? '' : `?${pairs.join('&')}`,
  ].join('');
}

/** A colon stays as it is; what encodeURIComponent leaves beyond letters, digits and `.-_~` does not. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
