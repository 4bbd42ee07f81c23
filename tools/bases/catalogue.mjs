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

/** @returns {string[]} the default major's images and the two final bases */
export function defaultKeys() {
  return allKeys().filter((key) => images[key].major === null || images[key].major === DEFAULT_MAJOR);
}

/** @returns {{ key: string, name: string, image: string, tag: string, runtime: string | null, family: string, major: number | null }} */
export function baseImage(key) {
  const entry = images[key];
  if (!entry) throw new Error(`Unknown base image "${key}". Use one of: ${allKeys().join(', ')}.`);
  return { key, name: `${entry.image}:${entry.tag}`, ...entry };
}
