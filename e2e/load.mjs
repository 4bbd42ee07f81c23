/**
 * A load on one address until SIGTERM: some clients, each request on a connection of its own as a new visitor has it. Arguments: port, host name, path,
 * clients. Then prints `{ "answered": { "<status>": n }, "lost": ["<error>", …] }`.
 */
import { request } from 'node:http';

const [port, host, path, clients] = process.argv.slice(2);
const answered = {};
const lost = [];
let running = true;

function ask() {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path, headers: { host }, agent: false, timeout: 15_000 },
      (response) => {
        response.resume();
        response.on('error', (error) => resolve(lost.push(String(error))));
        response.on('end', () =>
          resolve((answered[response.statusCode] = (answered[response.statusCode] ?? 0) + 1)),
        );
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', (error) => resolve(lost.push(String(error))));
    asked.end();
  });
}

async function client() {
  while (running) {
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

process.on('SIGTERM', () => (running = false));
await Promise.all(Array.from({ length: Number(clients) }, client));
console.log(JSON.stringify({ answered, lost }));
