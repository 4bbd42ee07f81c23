/**
 * `npm run demo`: the main job, on a fresh machine, through the packed plugin and nx only:
 * a new workspace, a service, its image, its size, its scan, a running container, and the proof that it is healthy and locked down.
 *
 *   npm run demo                 leaves the container running and says how to stop it
 *   npm run demo -- --stop       removes the container and the workspace at the end
 *   npm run demo -- --no-engine  behaves as on a machine without an engine
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stopAfter = process.argv.includes('--stop');
const withoutEngine = process.argv.includes('--no-engine');
const steps = [];

installDependencies();
const tarball = pack();
const engine = withoutEngine ? { why: 'No engine, as asked by --no-engine.' } : await prepareEngine();
const workspace = mkdtempSync(join(tmpdir(), 'toolbox-demo-'));
const env = {
  ...process.env,
  ...(engine.env ?? {}),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  NX_CACHE_DIRECTORY: join(workspace, '.nx', 'cache'),
  NX_WORKSPACE_DATA_DIRECTORY: join(workspace, '.nx', 'data'),
};

await step('a new workspace', () => {
  write('package.json', {
    name: '@acme/source',
    version: '0.0.0',
    private: true,
    devDependencies: {
      nx: '24.0.0',
      '@nx/devkit': '24.0.0',
      typescript: '6.0.3',
      toolbox: `file:${tarball}`,
    },
  });
  write('nx.json', { neverConnectToCloud: true, analytics: false });
  writeFileSync(join(workspace, '.gitignore'), 'node_modules\ndist\n.nx\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  git('init', '-q', '-b', 'main');
});
await step('nx g toolbox:service api', () => nx('g', 'toolbox:service', 'api', '--no-interactive'));
git('add', '-A');
git('commit', '-q', '-m', 'api');
await step('nx sync:check (every generated file is current)', () => nx('sync:check'));
await step('nx run-many -t build test', () => nx('run-many', '-t', 'build', 'test', '-p', 'api'));

const scan = scanHere();
if (engine.dockerBin) await withEngine();
summary();

/** The audit is always made; known vulnerabilities are looked for where this machine has a scanner. */
function scanHere() {
  const scanner = ['trivy', 'grype'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
  if (scanner) return { name: `nx docker-scan api (the audit, and ${scanner})`, options: [] };
  const name =
    'nx docker-scan api --scanner=none (the audit; vulnerabilities need Trivy or Grype, and neither is here)';
  return { name, options: ['--scanner=none'] };
}

async function withEngine() {
  await step('nx docker-build api', () => nx('docker-build', 'api'));
  await step('nx docker-size-check api', () => nx('docker-size-check', 'api'));
  await step(scan.name, () => nx('docker-scan', 'api', ...scan.options));
  await step('nx docker-run api --detach (waits until healthy)', () =>
    nx('docker-run', 'api', '--detach', ...hostPort()),
  );
  await step('the running container', showContainer);
  await step('nx affected -t docker-build: a cache hit', () => {
    const output = execFileSync(
      nxBin()[0],
      [...nxBin().slice(1), 'affected', '-t', 'docker-build', '--files', 'apps/api/src/main.ts'],
      {
        cwd: workspace,
        env,
        encoding: 'utf8',
      },
    );
    process.stdout.write(output);
    if (!/(local cache|existing outputs match the cache)/.test(output))
      throw new Error('docker-build was not a cache hit.');
  });
}

/** What a user's security review asks, read from the engine rather than from our own files. */
function showContainer() {
  const id = docker('ps', '-q', '--filter', 'label=io.toolbox.project=api').split('\n')[0];
  if (!id) throw new Error('docker-run left no container.');
  const [container] = JSON.parse(docker('inspect', id));
  const facts = {
    health: container.State.Health?.Status,
    user: container.Config.User,
    'read-only root': container.HostConfig.ReadonlyRootfs,
    'capabilities dropped': (container.HostConfig.CapDrop ?? []).join(','),
    'capabilities added': (container.HostConfig.CapAdd ?? []).join(',') || 'none',
    'security options': (container.HostConfig.SecurityOpt ?? []).join(','),
  };
  for (const [name, value] of Object.entries(facts)) console.log(`   ${name.padEnd(22)}${value}`);
  const expected = {
    health: 'healthy',
    user: '1001:1001',
    'read-only root': true,
    'capabilities dropped': 'ALL',
    'capabilities added': 'none',
  };
  for (const [name, value] of Object.entries(expected)) {
    if (facts[name] !== value) throw new Error(`${name} is ${facts[name]}, expected ${value}.`);
  }
  steps.container = id.slice(0, 12);
  steps.address = docker('port', id).split('\n')[0].split(' -> ')[1];
}

/** Another port than the service's own where that one is taken, e.g. by an earlier demo. */
function hostPort() {
  return process.env.DEMO_PORT ? ['--port', process.env.DEMO_PORT] : [];
}

function summary() {
  const failed = steps.filter((entry) => !entry.ok);
  console.log('\n');
  for (const entry of steps)
    console.log(`${entry.ok ? 'ok    ' : 'FAILED'}  ${entry.seconds.padStart(6)} s  ${entry.name}`);
  if (!engine.dockerBin)
    console.error(`\n${engine.why} Not built, not started: the steps above are all that needs no engine.`);
  if (engine.dockerBin && failed.length === 0) {
    console.log(`
The service is healthy: http://${steps.address}/health

Where to look next
  ${workspace}/apps/api/toolbox.yaml     the one description; change it, then: npx nx sync
  ${workspace}/apps/api/Dockerfile       generated; your edits are merged, never overwritten
  ${workspace}/dist/images/api/          the image as an OCI layout, and image.json
  docker logs ${steps.container}; docker rm -f ${steps.container}
  docs/reference/index.md                every generator, executor and option`);
  }
  if (stopAfter) {
    if (steps.container) docker('rm', '-f', steps.container);
    rmSync(workspace, { recursive: true, force: true });
  }
  process.exit(engine.dockerBin && failed.length === 0 ? 0 : 1);
}

async function step(name, action) {
  console.log(`\n== ${name}`);
  const began = Date.now();
  if (steps.some((entry) => !entry.ok)) return;
  let ok = true;
  try {
    await action();
  } catch (error) {
    ok = false;
    console.error(`   ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  steps.push({ name, ok, seconds: ((Date.now() - began) / 1000).toFixed(1) });
}

/**
 * `npm ci` refuses a lockfile that a registry without the packages of other platforms made (it misses them); `npm install --no-save` takes the
 * locked versions all the same and writes nothing back.
 */
function installDependencies() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs)
    return;
  console.log('== dependencies: npm install, as locked');
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

function pack() {
  console.log('== build and pack the plugin');
  execFileSync(process.execPath, [join(root, 'tools/build/build.mjs')], { cwd: root, stdio: 'inherit' });
  const folder = join(root, 'tmp', 'demo');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: join(root, 'packages/toolbox'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  );
}

async function prepareEngine() {
  console.log('== a container engine and base images');
  try {
    const { ensureEngine } = await import('../engine/ensure.mjs');
    const { ensureBases } = await import('../bases/ensure.mjs');
    const log = (line) => console.log(`   ${line}`);
    const found = await ensureEngine({ log });
    if (found.dockerBin) await ensureBases({ dockerBin: found.dockerBin, env: found.env, log });
    return found;
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

function nxBin() {
  const { bin } = JSON.parse(readFileSync(join(workspace, 'node_modules/nx/package.json'), 'utf8'));
  return [process.execPath, join(workspace, 'node_modules/nx', bin.nx)];
}

function nx(...args) {
  const [node, ...rest] = nxBin();
  run(node, [...rest, ...args], `nx ${args.join(' ')}`);
}

function run(file, args, name = `${file} ${args.join(' ')}`) {
  const { status } = spawnSync(file, args, { cwd: workspace, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${name} ended with ${status}.`);
}

function git(...args) {
  execFileSync('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', ...args], {
    cwd: workspace,
  });
}

function docker(...args) {
  return execFileSync(join(engine.dockerBin, 'docker'), args, { env, encoding: 'utf8' }).trim();
}

function write(path, value) {
  writeFileSync(join(workspace, path), `${JSON.stringify(value, null, 2)}\n`);
}
