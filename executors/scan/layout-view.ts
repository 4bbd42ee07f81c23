import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaTypes } from '../../packages/images/descriptor';
import type { LayoutImage } from '../../packages/images/layout';

/**
 * Gives a scanner a layout with nothing but one platform's image: scanners take the first of several without a word, and an index may hold an SBOM
 * beside the image. The blobs are not copied.
 */
export async function withLayoutOf<T>(
  folder: string,
  { descriptor }: LayoutImage,
  use: (view: string) => Promise<T>,
): Promise<T> {
  const view = mkdtempSync(join(tmpdir(), 'toolbox-scan-'));
  try {
    const { mediaType, digest, size } = descriptor;
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ mediaType, digest, size }] };
    writeFileSync(join(view, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(view, 'index.json'), JSON.stringify(index));
    symlinkSync(join(folder, 'blobs'), join(view, 'blobs'), 'junction');
    return await use(view);
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
}
