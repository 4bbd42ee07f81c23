import { spawn, type ChildProcess, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Probe } from '../../service/types';
import { service } from './fixture-service';
import { renderImage } from './render-image';

/** The two programs that the Dockerfile carries, run as they are written there. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-image-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program under test may ignore SIGTERM: none outlives its test. */
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

function program(name: string, live: Probe = { kind: 'http', path: '/health' }): string {
  const [dockerfile] = renderImage(service({ health: { live, ready: live, startSeconds: 30 } }));
  const text = new RegExp(`COPY <<'EOF' /account/usr/local/lib/toolbox/${name}\\n([^]*?)\\nEOF\\n`).exec(
    dockerfile!.content,
  )?.[1];
  const file = join(folder, name);
  writeFileSync(file, text!);
  return file;
}

async function exitOf(child: ChildProcess): Promise<number | string | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal;
}

describe('pid1.cjs', () => {
  /** Starts an app below the preload, waits for its first line and sends it a signal. */
  async function stop(app: string, signal: NodeJS.Signals): Promise<number | string | null> {
    const keepRunning = 'setInterval(() => {}, 1000); console.log("up");';
    const child = start(['--require', program('pid1.cjs'), '--eval', app + keepRunning]);
    const exit = exitOf(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    return exit;
  }
  // As the npm package does it: it ends the process itself only where no other listener is there.
  const signalExit = (emitter: string) =>
    `const emitter = { count: 1 }; ${emitter} = emitter; process.on('SIGTERM', () => { if (process.listeners('SIGTERM').length === emitter.count) process.kill(process.pid, 'SIGTERM'); });`;

  it.each<[string, string, NodeJS.Signals, number]>([
    ['ends an app without a handler', '', 'SIGTERM', 143],
    ['ends it on SIGINT', '', 'SIGINT', 130],
    [
      'leaves an app alone that has one',
      `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 50));`,
      'SIGTERM',
      0,
    ],
    [
      'ends an app whose handler is gone',
      `const f = () => {}; process.on('SIGTERM', f); process.off('SIGTERM', f);`,
      'SIGTERM',
      143,
    ],
    [
      'ends an app that takes its handler away and sends the signal again, as Nest does',
      `process.on('SIGTERM', function stop() { process.off('SIGTERM', stop); process.kill(process.pid, 'SIGTERM'); });`,
      'SIGTERM',
      143,
    ],
    ['ends an app with signal-exit 3', signalExit('process.__signal_exit_emitter__'), 'SIGTERM', 143],
    [
      'ends an app with signal-exit 4',
      signalExit(`globalThis[Symbol.for('signal-exit emitter')]`),
      'SIGTERM',
      143,
    ],
  ])('%s', async (_, app, signal, code) => {
    expect(await stop(app, signal)).toBe(code);
  });

  it('does not keep a process alive that has nothing to do', async () => {
    expect(await exitOf(start(['--require', program('pid1.cjs'), '--eval', '0']))).toBe(0);
  });
});

describe('health.cjs', () => {
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

  const check = (live: Probe, on: number = port) =>
    exitOf(start([program('health.cjs', live)], { env: { PORT: String(on) } }));

  it.each<[string, number]>([
    ['/health', 0],
    ['/moved', 0],
    ['/broken', 1],
  ])('%s gives %s', async (path, code) => expect(await check({ kind: 'http', path })).toBe(code));

  it('gives up on a service that does not answer', async () => {
    const start = Date.now();
    expect(await check({ kind: 'http', path: '/hang' })).toBe(1);
    // The engine's own limit is 3 s.
    expect(Date.now() - start).toBeLessThan(3000);
  });

  it('connects where there is no route', async () => {
    expect(await check({ kind: 'tcp' })).toBe(0);
    expect(await check({ kind: 'tcp' }, 1)).toBe(1);
  });
});
