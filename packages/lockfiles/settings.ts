import { parse, stringify } from 'yaml';
import { sortKeys } from './manifest';
import type { PrunedFile, Reader } from './types';
import type { PackageManager } from '../service/types';

/** Settings that are about the machine, not about what is installed. */
const ofTheMachine =
  /^(cache|prefix|userconfig|globalconfig|cafile|ca(\[\])?|cert|key|keyfile|certfile|tmp|store-dir|cache-dir|state-dir|init[-.].*|logs-dir|editor|shell|email|username|yarn-offline-mirror.*)$/i;

const secret = /auth|token|password|passwd|secret/i;

/**
 * Settings of the package manager that decide what is installed, without credentials: those come into a build as secrets.
 * `folders` are files that the settings name.
 */
export function installSettings(
  reader: Reader,
  packageManager: PackageManager,
): { readonly files: readonly PrunedFile[]; readonly copies: readonly string[] } {
  const files: PrunedFile[] = [];
  const copies: string[] = [];
  const add = (path: string, keep: (text: string) => string) => {
    const text = reader.read(path);
    const content = text === null ? '' : keep(text);
    if (content !== '') files.push({ path, content });
  };
  if (packageManager !== 'berry') add('.npmrc', keepNpmrc);
  if (packageManager === 'yarn') add('.yarnrc', keepNpmrc);
  if (packageManager === 'berry')
    add('.yarnrc.yml', (text) => {
      const settings = (parse(text) ?? {}) as Record<string, unknown>;
      for (const plugin of (settings['plugins'] as readonly unknown[] | undefined) ?? []) {
        const path = typeof plugin === 'string' ? plugin : (plugin as { path?: string }).path;
        if (path?.startsWith('.yarn/')) copies.push(path);
      }
      return stringify(sortKeys(keepYarnrc(settings) as Record<string, unknown>), { lineWidth: 0 });
    });
  return { files, copies };
}

/** Lines with settings only; `//host/:_authToken=…` and its like, and settings of the machine, are left out. */
export function keepNpmrc(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const kept = lines.filter((line) => {
    const key = line.split(/[=\s]/)[0]!.replace(/^"|"$/g, '');
    if (line === '' || /^[#;]/.test(line) || key.startsWith('//')) return false;
    return !secret.test(key) && !/:\/\/[^/\s]*@/.test(line) && !ofTheMachine.test(key);
  });
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}

/** Settings of yarn 2 and later. The release itself is installed by its version, so the path to it is left out. */
function keepYarnrc(value: unknown, top = true): unknown {
  if (Array.isArray(value)) return value.map((item) => keepYarnrc(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) =>
      !/auth(Token|Ident)?$|password|secret|HttpHeaders$|KeyFilePath$|CertFilePath$/i.test(key) &&
      !(typeof item === 'string' && /:\/\/[^/\s]*@/.test(item)) &&
      !(
        top &&
        /^(yarnPath|ignorePath|cacheFolder|globalFolder|enableGlobalCache|installStatePath|httpsCaFilePath|caFilePath)$/.test(
          key,
        )
      ),
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, keepYarnrc(item, false)]));
}
