/**
 * Writes numbers with a shell command in a container, one after the other, until SIGTERM; `%n` in the command is the number. Arguments: container, command.
 * Then prints `{ "acknowledged": [<n>, …], "failed": n }`: acknowledged are those whose command ended well.
 */
import { spawn } from 'node:child_process';

const [container, command] = process.argv.slice(2);
const acknowledged = [];
let failed = 0;
let running = true;

function write(n) {
  return new Promise((resolve) => {
    const child = spawn('docker', ['exec', container, 'sh', '-c', command.replaceAll('%n', String(n))], {
      stdio: 'ignore',
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

process.on('SIGTERM', () => (running = false));
for (let n = 1; running; n += 1) {
  if (await write(n)) acknowledged.push(n);
  else failed += 1;
}
console.log(JSON.stringify({ acknowledged, failed }));
