import { deflateRawSync } from 'node:zlib';
import type { FileColumns } from './file-columns';
import type { WastedRow } from './file-nodes';

/** What the script of an image's page works on. */
export interface PageData {
  readonly files: FileColumns;
  readonly layers: readonly LayerTitle[];
  readonly wasted: readonly WastedRow[];
}

export interface LayerTitle {
  /** Of the instruction that made it, as people may read it. */
  readonly title: string;
  /** Number of the colour, 0 for the base image's layers. */
  readonly colour: number;
}

/**
 * Data as a page carries it: deflated (RFC 1951) JSON in base64. Nothing but letters, digits, `+`, `/` and `=`: whatever a file is called, it cannot
 * end the element that holds it.
 */
export function packPageData(data: PageData): string {
  return deflateRawSync(Buffer.from(JSON.stringify(data)), { level: 9 }).toString('base64');
}
