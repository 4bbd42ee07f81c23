import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LeftOutBlob } from '../../packages/images/thin/left-out';
import { keptFile } from '../project-image';

/** What was learnt of a base image: true for its digest for ever. */
export interface KnownBase {
  readonly digest: string;
  /** Digests of its unpacked layers, lowest first, one list per platform that was asked for. Empty where nobody could tell. */
  readonly layers: readonly (readonly string[])[];
  /** The layers as they stood in the last image that was built on it. */
  readonly blobs: readonly LeftOutBlob[];
  /** When the engine and the registry were asked, in milliseconds since the epoch. */
  readonly asked: number;
}

/** By the base's name as Dockerfiles have it. Losing the file costs one question to the engine or the registry. */
export function readKnownBase(workspaceRoot: string, name: string): KnownBase | undefined {
  return read(keptFile(workspaceRoot, 'bases'))[name];
}

export function keepKnownBase(workspaceRoot: string, name: string, base: KnownBase): void {
  const file = keptFile(workspaceRoot, 'bases');
  const known = read(file);
  if (JSON.stringify(known[name]) === JSON.stringify(base)) return;
  const temporary = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, JSON.stringify({ ...known, [name]: base }));
  renameSync(temporary, file);
}

function read(file: string): Record<string, KnownBase> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, KnownBase>;
  } catch {
    return {};
  }
}
