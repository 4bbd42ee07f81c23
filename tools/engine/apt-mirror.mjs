/** Reads which Debian mirror this machine uses from its own apt configuration; no address is written down here. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @returns {{ id: string, codename: string }} from os-release, empty strings where it says nothing */
export function distribution(file = '/etc/os-release') {
  if (!existsSync(file)) return { id: '', codename: '' };
  const text = readFileSync(file, 'utf8');
  const value = (key) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: value('ID'), codename: value('VERSION_CODENAME') };
}

/**
 * The mirror of the main archive: the first enabled source with the component `main` and this release's own suite.
 * @returns {{ uri: string, signedBy: string } | null}
 */
export function aptMirror(codename = distribution().codename, folder = '/etc/apt') {
  return (
    aptSources(folder).find(
      ({ suites, components }) => suites.includes(codename) && components.includes('main'),
    ) ?? null
  );
}

function aptSources(folder) {
  const parts = join(folder, 'sources.list.d');
  const files = [
    join(folder, 'sources.list'),
    ...(existsSync(parts)
      ? readdirSync(parts)
          .sort()
          .map((name) => join(parts, name))
      : []),
  ];
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      if (file.endsWith('.list')) return parseList(readFileSync(file, 'utf8'));
      if (file.endsWith('.sources')) return parseDeb822(readFileSync(file, 'utf8'));
      return [];
    });
}

/** One-line form: `deb [signed-by=FILE] URI SUITE COMPONENT…`. */
export function parseList(text) {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(https?:\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!found) return [];
    const [, options = '', uri, suite, components] = found;
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1] ?? '';
    return [{ uri, signedBy, suites: [suite], components: components.trim().split(/\s+/) }];
  });
}

/** deb822 form: stanzas of `Key: value`, separated by empty lines; a comment may stand between two keys. */
export function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = Object.fromEntries(
      [...stanza.matchAll(/^([A-Za-z-]+):[ \t]*(.*)$/gm)].map(([, key, value]) => [
        key.toLowerCase(),
        value.trim(),
      ]),
    );
    const words = (key) => (fields[key] ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || /^no$/i.test(fields.enabled ?? '')) return [];
    return words('uris')
      .filter((uri) => /^https?:/.test(uri))
      .map((uri) => ({
        uri,
        signedBy: fields['signed-by'] ?? '',
        suites: words('suites'),
        components: words('components'),
      }));
  });
}
