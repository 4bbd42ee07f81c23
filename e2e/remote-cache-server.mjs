/**
 * A server of Nx's protocol for self-hosted remote caches (`GET` and `PUT /v1/cache/<hash>` with a bearer token), as a team would run one: entries are
 * files, an entry is never overwritten. Arguments: folder, token. Prints its port, then one line per request: method, hash, status.
 */
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [folder, token] = process.argv.slice(2);

const server = createServer((request, response) => {
  void answer(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});

async function answer(request, response) {
  const [, hash] = /^\/v1\/cache\/([0-9A-Za-z_-]+)$/.exec(request.url ?? '') ?? [];
  const end = (status) => {
    console.log(`${request.method} ${hash} ${status}`);
    // The protocol wants a text for what is refused.
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${status}\n`);
  };
  if (request.headers.authorization !== `Bearer ${token}`) return end(401);
  if (!hash) return end(404);
  const file = join(folder, hash);
  if (request.method === 'GET') {
    if (!existsSync(file)) return end(404);
    console.log(`GET ${hash} 200`);
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    return pipeline(createReadStream(file), response);
  }
  if (request.method !== 'PUT') return end(405);
  if (existsSync(file)) return end(409);
  await pipeline(request, createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
  return end(200);
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
