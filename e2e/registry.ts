import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RegistryServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** The requests that changed something or tried to, each `METHOD path status`. */
  writes(): readonly string[];
  /** Digests of the blobs that were uploaded to their end, sorted; one that was uploaded twice is there twice. */
  finishedBlobs(): readonly string[];
  /** Digest behind a tag or digest as the registry says it, or null. */
  digest(repository: string, reference: string): Promise<string | null>;
  stop(): void;
}

export interface RegistrySetUp {
  /** User and password; none: open to everybody. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly readOnly?: boolean;
  /** Folder of the images, e.g. on a file system that is too small. Default: one that goes away with the registry. */
  readonly folder?: string;
  /** Files in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Debian's docker-registry on a free port of this machine. */
export async function startRegistry(setUp: RegistrySetUp = {}): Promise<RegistryServer> {
  const tool = join(__dirname, '..', 'tools', 'registry', 'ensure.mjs');
  const program = execFileSync(process.execPath, [tool], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'toolbox-e2e-registry-'));
  const passwords = join(folder, 'htpasswd');
  if (setUp.login) writeFileSync(passwords, `${setUp.login.user}:${bcrypt(setUp.login.password)}\n`);
  const images = setUp.folder ?? join(folder, 'images');
  mkdirSync(images, { recursive: true });
  const configuration = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: images },
      maintenance: { readonly: { enabled: setUp.readOnly ?? false } },
    },
    http: { addr: '127.0.0.1:0', secret: 'e2e', ...(setUp.tls && { tls: setUp.tls }) },
    ...(setUp.login && { auth: { htpasswd: { realm: 'e2e', path: passwords } } }),
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration));
  // To a file: a suite that waits for nx reads no pipe.
  const log = join(folder, 'log');
  const out = openSync(log, 'a');
  const server = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: ['ignore', out, out] });
  const address = await listening(server, log);
  const scheme = setUp.tls ? 'https' : 'http';
  const writes = () =>
    [...readFileSync(log, 'utf8').matchAll(/"(POST|PUT|PATCH|DELETE) (\S+) HTTP[^"]*" (\d+)/g)].map(
      ([, method, path, status]) => `${method} ${path} ${status}`,
    );
  return {
    address,
    writes,
    finishedBlobs: () =>
      writes()
        .flatMap(
          (write) =>
            /^PUT \S+\/blobs\/uploads\/\S+[?&]digest=sha256(?:%3A|:)(\w+)\S* 201$/.exec(write)?.[1] ?? [],
        )
        .map((hash) => `sha256:${hash}`)
        .sort(),
    async digest(repository, reference) {
      const response = await fetch(`${scheme}://${address}/v2/${repository}/manifests/${reference}`, {
        method: 'HEAD',
        headers: {
          accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json',
        },
      });
      return response.status === 404 ? null : response.headers.get('docker-content-digest');
    },
    stop() {
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It is asked for port 0 and says in its log which one it got. */
async function listening(server: ChildProcess, log: string): Promise<string> {
  for (;;) {
    const said = readFileSync(log, 'utf8');
    const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(said) ?? [];
    if (address) return address;
    if (server.exitCode !== null) throw new Error(`the registry does not start:\n${said}`);
    await sleep(20);
  }
}

/** The only form of password that the registry reads. Perl's crypt is there on every Debian. */
function bcrypt(password: string): string {
  const program = 'print crypt($ARGV[0], q($2b$05$toolboxtoolboxtoolboxe))';
  return execFileSync('perl', ['-e', program, password], { encoding: 'utf8' });
}

/** A certificate for 127.0.0.1 that is its own authority. */
export function makeCertificate(folder: string): { readonly certificate: string; readonly key: string } {
  const files = { certificate: join(folder, 'registry.crt'), key: join(folder, 'registry.key') };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=e2e registry'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', files.key, '-out', files.certificate],
    ],
    { stdio: 'ignore' },
  );
  return files;
}

/** A line between client and registry that can be slow, or cut. */
export interface Line {
  readonly address: string;
  /** Bytes from the client so far. */
  sent(): number;
  /** Cuts the connection over which this many further bytes come, once. */
  cutAfter(bytes: number): void;
  close(): void;
}

/** @param bytesPerSecond the client's pace; none: as fast as it goes */
export async function openLine(to: string, bytesPerSecond?: number): Promise<Line> {
  const [host, port] = to.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let sent = 0;
  let cutAt = Infinity;
  const server = createServer((client) => {
    const registry = connect(Number(port), host);
    sockets.add(client).add(registry);
    const end = () => {
      client.destroy();
      registry.destroy();
    };
    for (const socket of [client, registry]) socket.on('error', end).on('close', end);
    registry.pipe(client);
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > cutAt) {
        cutAt = Infinity;
        end();
        return;
      }
      registry.write(chunk);
      if (bytesPerSecond === undefined) return;
      client.pause();
      setTimeout(() => client.resume(), (chunk.length / bytesPerSecond) * 1000);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    cutAfter: (bytes) => (cutAt = sent + bytes),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
