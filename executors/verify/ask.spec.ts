import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askWithin } from './ask';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/large') return void response.end(Buffer.alloc(11 * 1024 ** 2));
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      response.statusCode = 302;
      response.setHeader('location', '/elsewhere');
      response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('sends method, body and headers, the name of the host among them, and follows no redirect', async () => {
  const headers = { host: 'api.example.com', 'x-one': '1' };
  const { status, text } = await askWithin(5)({ method: 'POST', url, headers, body: '{"é":1}' });
  expect(status).toBe(302);
  expect(JSON.parse(text)).toMatchObject({
    method: 'POST',
    body: '{"é":1}',
    headers: {
      host: 'api.example.com',
      'x-one': '1',
      'content-type': 'application/json',
      'content-length': '8',
    },
  });
});

it.each([
  ['/slow', /^none within 0\.2 s$/],
  ['/large', /more than 10 MiB/],
])('gives up on %s', async (path, message) => {
  const asked = askWithin(path === '/slow' ? 0.2 : 20)({
    method: 'GET',
    url: url + path,
    headers: {},
    body: undefined,
  });
  await expect(asked).rejects.toThrow(message);
});
