import { createHash, type Hash } from 'node:crypto';
import { readLayer } from '../packages/images/layer-bytes';
import { openLayout } from '../packages/images/layout';
import { TarReader } from '../packages/images/tar-reader';

/** Every path of an image as its last layer left it: kind, permissions, owner, and a digest of its content or where it links to. */
export async function treeOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const [image] = openLayout(folder).images;
  const tree = new Map<string, string>();
  for (const layer of image?.manifest.layers ?? []) {
    let hash: Hash | null = null;
    let place = { path: '', facts: '' };
    const reader = new TarReader(
      {
        entry({ name, type, mode, uid, gid, linkName }) {
          const path = `/${name.replace(/^[./]+|\/$/g, '')}`;
          const facts = `${type} ${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
          place = { path, facts };
          tree.set(path, linkName === '' ? facts : `${facts} ${linkName}`);
          hash = type === '0' ? createHash('sha256') : null;
          return hash !== null;
        },
        body: (chunk) => void hash?.update(chunk),
        end: () => void tree.set(place.path, `${place.facts} ${hash?.digest('hex')}`),
      },
      folder,
    );
    await readLayer(folder, layer, (chunk) => reader.write(chunk));
    reader.finish();
  }
  return Object.fromEntries([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What an image says of itself, as far as engines agree on how to say it. */
export function settingsOf(folder: string): Readonly<Record<string, unknown>> {
  const { ArgsEscaped: _, ...settings } = openLayout(folder).images[0]?.config.config ?? {};
  return settings;
}
