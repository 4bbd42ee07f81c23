import { Readable } from 'node:stream';
import { sha256 } from '../images/layout';
import { bodyOf, FixtureServer } from './fixture-server';
import type { Registry } from './registry';
import { uploadBlob } from './upload';

/** A registry that keeps what it received of an upload when the connection is cut, as the specification wants it. */
class UploadServer extends FixtureServer {
  received = Buffer.alloc(0);
  stored: string | null = null;
  /** Bytes after which each further PATCH is cut. */
  cuts: number[] = [];
  /** Is an upload given up when it is cut? Docker's own registry does that. */
  forgets = false;
  private uploads = 0;
  private open = -1;

  override handle: FixtureServer['handle'] = async (request, response) => {
    const { method } = request;
    const [path = ''] = request.url.split('?');
    const location = { location: `/v2/acme/api/blobs/uploads/${this.open}` };
    if (method === 'HEAD') return { status: this.stored === path.split('/').at(-1) ? 200 : 404 };
    if (method === 'POST') {
      this.open = this.uploads;
      this.uploads += 1;
      this.received = Buffer.alloc(0);
      return { status: 202, headers: { location: `/v2/acme/api/blobs/uploads/${this.open}?state=s` } };
    }
    if (!path.startsWith('/v2/acme/api/') || !path.endsWith(`/${this.open}`)) return { status: 404 };
    if (method === 'GET') return { status: 204, headers: { ...location, range: this.range() } };
    if (method === 'PUT') {
      const right = new URL(request.url, 'http://host').searchParams.get('digest') === sha256(this.received);
      if (right) this.stored = sha256(this.received);
      return { status: right ? 201 : 400 };
    }
    if (!request.headers['content-range']?.startsWith(`${this.received.length}-`)) return { status: 416 };
    const cut = this.cuts.shift();
    if (cut === undefined) {
      this.received = Buffer.concat([this.received, await bodyOf(request)]);
      return { status: 202, headers: { ...location, range: this.range() } };
    }
    let left = cut;
    for await (const chunk of request) {
      this.received = Buffer.concat([this.received, (chunk as Buffer).subarray(0, left)]);
      left -= (chunk as Buffer).length;
      if (left <= 0) break;
    }
    if (this.forgets) this.open = -1;
    response.destroy();
    return undefined;
  };

  private range(): string {
    return `0-${Math.max(0, this.received.length - 1)}`;
  }
}

const bytes = Buffer.alloc(3_000_000, 'layer ');
const source = {
  digest: sha256(bytes),
  size: bytes.length,
  open: (from: number) => Readable.from([...chunks(bytes.subarray(from))]),
};
function* chunks(all: Buffer): Generator<Buffer> {
  for (let at = 0; at < all.length; at += 65_536) yield all.subarray(at, at + 65_536);
}

let server: UploadServer;
let registry: Registry;
beforeEach(async () => {
  server = await new UploadServer().listen();
  registry = server.client();
});
afterEach(() => {
  registry.close();
  server.close();
});
const patches = () => server.requests.filter((request) => request.startsWith('PATCH')).length;

it('sends a blob in one piece', async () => {
  expect(await uploadBlob(registry, 'acme/api', source)).toBe(bytes.length);
  expect([server.stored, patches()]).toEqual([source.digest, 1]);
});

it('sends an empty blob, too', async () => {
  const empty = { digest: sha256(''), size: 0, open: () => Readable.from([]) };
  expect(await uploadBlob(registry, 'acme/api', empty)).toBe(0);
  expect(server.stored).toBe(empty.digest);
});

it('goes on where the registry has it, however often the line is cut as long as it moves on', async () => {
  server.cuts = Array<number>(10).fill(200_000);
  const opened: number[] = [];
  await uploadBlob(registry, 'acme/api', {
    ...source,
    open: (from) => {
      opened.push(from);
      return source.open(from);
    },
  });
  expect(opened).toEqual(Array.from({ length: 11 }, (_, at) => at * 200_000));
  expect(server.stored).toBe(source.digest);
});

it('begins anew where the registry gave the upload up', async () => {
  server.cuts = [1_000_000];
  server.forgets = true;
  expect(await uploadBlob(registry, 'acme/api', source)).toBeGreaterThan(bytes.length);
  expect(server.stored).toBe(source.digest);
});

it('gives up a line that is cut at once, again and again', async () => {
  server.cuts = Array<number>(10).fill(0);
  await expect(uploadBlob(registry, 'acme/api', source)).rejects.toThrow(
    /^127\.0\.0\.1:\d+: the connection was cut \(\w+\)\. Try again\.$/,
  );
  expect(patches()).toBe(4);
});

it('does not store other bytes than the digest says', async () => {
  const damaged = { ...source, open: () => Readable.from([Buffer.alloc(bytes.length)]) };
  await expect(uploadBlob(registry, 'acme/api', damaged)).rejects.toThrow(
    `the registry received other bytes than those of ${source.digest}.`,
  );
});
