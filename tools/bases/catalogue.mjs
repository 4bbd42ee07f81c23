/** The catalogue of pinned images, and which of them tests and the demo need. */
import { readFileSync } from 'node:fs';

const { images } = JSON.parse(
  readFileSync(new URL('../../packages/images/catalogue.json', import.meta.url), 'utf8'),
);

/** Node.js major version of a new service: what `ensureBases` makes when nothing is asked for. */
export const DEFAULT_MAJOR = 24;

/** @returns {string[]} every key, sorted */
export function allKeys() {
  return Object.keys(images).sort();
}

/** @returns {string[]} what `npm test` and the demo cannot do without: the default Node.js and the two final bases */
export function defaultKeys() {
  return allKeys().filter((key) => images[key].runtime === null || key.startsWith(`node-${DEFAULT_MAJOR}-`));
}

/** @param {string[]} args of a command line: `--all`, or keys, or neither for the default ones */
export function chosenKeys(args) {
  if (args.includes('--all')) return allKeys();
  const words = args.filter((arg) => !arg.startsWith('--'));
  return words.length > 0 ? words : defaultKeys();
}

/** @returns {{ key: string, name: string, image: string, tag: string, runtime: string | null, family: string, version: string | null }} */
export function baseImage(key) {
  const entry = images[key];
  if (!entry) throw new Error(`Unknown base image "${key}". Use one of: ${allKeys().join(', ')}.`);
  return { key, name: `${entry.image}:${entry.tag}`, ...entry };
}

/** `24.21.0-alpine3.24` is built on 3.24: the catalogue's own patch release of it. */
export function alpineRelease(tag) {
  const minor = /-alpine(\d+\.\d+)/.exec(tag)?.[1];
  const base = Object.values(images).find(
    (entry) => entry.image === 'alpine' && entry.tag.startsWith(`${minor}.`),
  );
  if (!base) throw new Error(`packages/images/catalogue.json: no alpine ${minor} for ${tag}.`);
  return base.tag;
}
