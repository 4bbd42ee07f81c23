/**
 * Posts messages one after the other until SIGTERM, each `{ "text": "<prefix>-<n>" }`. Arguments: port, host name, path, prefix. Then prints
 * `{ "accepted": ["<text>", …], "refused": n }`: accepted are those that were answered with 202.
 */
import { request } from 'node:http';

const [port, host, path, prefix] = process.argv.slice(2);
const accepted = [];
let refused = 0;
let running = true;

function post(text) {
  return new Promise((resolve) => {
    const body = JSON.stringify({ text });
    const headers = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers, agent: false, timeout: 10_000 },
      (response) => {
        response.resume();
        response.on('error', () => resolve(false));
        response.on('end', () => resolve(response.statusCode === 202));
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', () => resolve(false));
    asked.end(body);
  });
}

process.on('SIGTERM', () => (running = false));
for (let n = 0; running; n += 1) {
  const text = `${prefix}-${n}`;
  if (await post(text)) accepted.push(text);
  else refused += 1;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify({ accepted, refused }));
