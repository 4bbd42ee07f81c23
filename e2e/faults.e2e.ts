import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, leftOfCompose, removeComposeProject, removeImagesNamed } from './engine';
import { freePort } from './free-port';
import { freshWorkspace, type Workspace } from './workspace';

const stack = 'toolbox-e2e-faults';
const project = `${stack}-dev`;
const host = 'faults.example.com';

/**
 * Messages are posted to the stack all the while: proxy, API, queue in Redis, worker, table in PostgreSQL. Each container's first process is killed
 * once, as the kernel does it when memory is short.
 */
describe('a stack whose containers die under load', () => {
  let workspace: Workspace;
  let results: string;
  let port: number;

  beforeAll(async () => {
    // Port 0 would be another one after each start.
    port = await freePort();
    removeComposeProject(project);
    results = mkdtempSync(join(tmpdir(), 'toolbox-e2e-posts-'));
    workspace = freshWorkspace('faults');
    workspace.nxOk(['g', 'toolbox:init', `--name=${stack}`]);
    const service = (name: string, ...options: readonly string[]) =>
      workspace.nxOk(['g', 'toolbox:service', name, ...options, '--no-interactive']);
    service('flt-api', '--runtime=fastapi', '--uses=postgres,redis', `--host=${host}`);
    service('flt-worker', '--runtime=celery', '--uses=postgres,redis');
    service('flt-proxy', '--runtime=nginx');
    workspace.nxOk(['sync']);
    workspace.commit('stack');
    workspace.nxOk(['compose-up', 'infrastructure'], { FLT_PROXY_PORT: String(port) });
  });
  afterAll(() => {
    removeComposeProject(project);
    removeImagesNamed(`${stack}/*`);
    rmSync(results, { recursive: true, force: true });
    workspace.remove();
  });

  const idOf = (service: string) =>
    docker(
      'ps',
      '-aq',
      '--filter',
      `label=com.docker.compose.project=${project}`,
      '--filter',
      `label=com.docker.compose.service=${service}`,
    );
  const inspect = (service: string, format: string) => docker('inspect', '--format', format, idOf(service));
  const isHealthy = (service: string) =>
    inspect(service, '{{.State.Running}} {{.State.Health.Status}}') === 'true healthy';

  async function until(seconds: number, what: string, condition: () => boolean): Promise<number> {
    const began = Date.now();
    while (!condition()) {
      if (Date.now() - began > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
      await sleep(500);
    }
    return (Date.now() - began) / 1000;
  }

  const psql = (sql: string) =>
    `PGPASSWORD="$(cat /run/secrets/postgres-password)" psql -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v ON_ERROR_STOP=1 -tAc '${sql}'`;
  const redis = (command: string) =>
    `REDISCLI_AUTH="$(cat /run/secrets/redis-password)" redis-cli -e ${command}`;
  const linesIn = (service: string, command: string) =>
    docker('exec', idOf(service), 'sh', '-c', command).split('\n').filter(Boolean);

  /** Messages that a worker had taken and not finished when it lost its life or its queue: they are handed out again after ten minutes. */
  function taken(): ReadonlySet<string> {
    return new Set(
      linesIn('redis', redis('HVALS unacked')).map((line) => {
        const [{ body }] = JSON.parse(line) as [{ body: string }];
        const [[text]] = JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as [[string]];
        return text;
      }),
    );
  }

  /** A program that writes until it is told to stop, and then tells what was acknowledged. */
  function start(script: string, ...args: readonly string[]) {
    const file = join(results, `${script}-${args.length}-${Math.random()}`);
    const child = spawn(process.execPath, [join(__dirname, script), ...args], {
      stdio: ['ignore', openSync(file, 'w'), 'inherit'],
    });
    return async <T>(): Promise<T> => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    };
  }

  it('is healthy again after each; the servers lose nothing that they acknowledged', async () => {
    linesIn('postgres', psql('CREATE TABLE written (n int PRIMARY KEY)'));
    const stopPosts = start('posts.mjs', String(port), host, '/messages', 'm');
    const stopRows = start('writes.mjs', idOf('postgres'), psql('INSERT INTO written VALUES (%n)'));
    const stopKeys = start('writes.mjs', idOf('redis'), redis('SADD written %n'));
    await sleep(2000);
    const seconds: Record<string, string> = {};
    for (const service of ['flt-proxy', 'flt-api', 'flt-worker', 'flt-worker-beat', 'redis', 'postgres']) {
      const [pid = '', restarts = ''] = inspect(service, '{{.State.Pid}} {{.RestartCount}}').split(' ');
      process.kill(Number(pid), 'SIGKILL');
      const isBack = () =>
        Number(inspect(service, '{{.RestartCount}}')) > Number(restarts) && isHealthy(service);
      seconds[service] = (await until(90, service, isBack)).toFixed(1);
      await sleep(1000);
    }
    const names = leftOfCompose(project, ['ps', '-aq']);
    expect(names.map((id) => docker('inspect', '--format', '{{.State.Health.Status}}', id))).toEqual(
      names.map(() => 'healthy'),
    );

    const rows = await stopRows<Written>();
    const keys = await stopKeys<Written>();
    const inPostgres = new Set(linesIn('postgres', psql('SELECT n FROM written')).map(Number));
    const inRedis = new Set(linesIn('redis', redis('SMEMBERS written')).map(Number));
    expect(rows.acknowledged.filter((n) => !inPostgres.has(n))).toEqual([]);
    expect(keys.acknowledged.filter((n) => !inRedis.has(n))).toEqual([]);
    for (const { acknowledged, failed } of [rows, keys]) {
      expect(acknowledged.length).toBeGreaterThan(50);
      // Without this, nobody would have written while the server was away.
      expect(failed).toBeGreaterThan(0);
    }

    const { accepted, refused } = await stopPosts<{ accepted: readonly string[]; refused: number }>();
    expect(accepted.length).toBeGreaterThan(100);
    const missing = () => {
      const found = new Set(linesIn('postgres', psql('SELECT text FROM messages')));
      return accepted.filter((text) => !found.has(text));
    };
    // Celery takes a message out of Redis and then notes that it has it: one that is on its way just then is gone (docs/guides/runtime-celery.md).
    const gone = () => missing().filter((text) => !taken().has(text));
    await until(60, 'the worker has gone through the queue', () => gone().length <= 2);
    console.log(
      `${rows.acknowledged.length} rows and ${keys.acknowledged.length} keys acknowledged, none lost; ` +
        `${accepted.length} messages accepted, ${missing().length} of them to be handed out again or gone, ${refused} refused; ` +
        `seconds until healthy: ${JSON.stringify(seconds)}`,
    );
  });
});

interface Written {
  readonly acknowledged: readonly number[];
  readonly failed: number;
}
