import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Probe } from '../../service/types';
import { healthProgram } from './render-image';
import { renderTemplate } from './template';

/** The programs that the Dockerfile carries, run as they are written there. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-image-'));
  writeFileSync(join(folder, 'start.py'), renderTemplate('image/start.py.ejs', {}));
});
afterAll(() => rmSync(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function python(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn('python3', args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | string | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal;
}

describe('start.py', () => {
  const waiting = 'import time\nprint("up", flush=True)\ntime.sleep(60)\n';
  const handled = 'import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n' + waiting;

  it.each<[string, string, string, number]>([
    ['ends a module without a handler', 'job', waiting, 143],
    ['ends a script without a handler', 'job.py', waiting, 143],
    ['leaves a handler of the app alone', 'job', handled, 7],
  ])('%s', async (_, target, source, code) => {
    writeFileSync(join(folder, 'job.py'), source);
    const child = python(['start.py', target]);
    const exit = exitOf(child);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await exit).toBe(code);
  });

  it('calls a function, and gives the arguments on', async () => {
    writeFileSync(join(folder, 'cli.py'), 'import sys\ndef main():\n    return int(sys.argv[1])\n');
    expect(await exitOf(python(['start.py', 'cli:main()', '5']))).toBe(5);
  });
});

describe('health.py', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/hang') return;
      response.writeHead(request.url === '/health' ? 200 : request.url === '/moved' ? 302 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const check = (live: Probe, on: number = port) => {
    const file = join(folder, 'health.py');
    writeFileSync(file, healthProgram(live));
    return exitOf(python(['-I', '-S', file], { PORT: String(on) }));
  };

  it.each<[string, number]>([
    ['/health', 0],
    ['/moved', 0],
    ['/broken', 1],
    ['/hang', 1],
  ])('%s gives %s', async (path, code) => expect(await check({ kind: 'http', path })).toBe(code));

  it('connects where there is no route', async () => {
    expect(await check({ kind: 'tcp' })).toBe(0);
    expect(await check({ kind: 'tcp' }, 1)).toBe(1);
  });
});
