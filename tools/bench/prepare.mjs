/**
 * What the figures are measured in: the plugin as it is published (built, packed, installed), beside the peers that it is compared
 * with, in one fresh workspace outside the repository.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBases } from '../bases/ensure.mjs';
import { ensureEngine } from '../engine/ensure.mjs';
import { run } from '../engine/run.mjs';

/** Version of Nx and of the peers' packages. */
export const peerVersion = '23.2.1';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything is made when it is first asked for: `--only graph-500-cold` needs no engine. */
export class Bench {
  #made = new Map();

  constructor(log) {
    this.log = log;
    this.folder = mkdtempSync(join(tmpdir(), 'toolbox-bench-'));
  }

  /** Environment of every process that is measured: no daemon, no screen, nothing shared with other workspaces. */
  env(folder = this.folder) {
    const env = {
      ...process.env,
      ...this.#made.get('engine')?.env,
      CI: 'true',
      FORCE_COLOR: '0',
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NO_CLOUD: 'true',
      NX_CACHE_DIRECTORY: join(folder, '.cache', 'nx'),
      NX_WORKSPACE_DATA_DIRECTORY: join(folder, '.cache', 'nx-data'),
    };
    // `npm run` tells its children that they work on this repository; npm would install there.
    for (const name of Object.keys(env)) {
      if (/^npm_(package|lifecycle|config_(local_)?prefix)/i.test(name)) delete env[name];
    }
    return env;
  }

  /** @returns {string} workspace with nx, the peers and the packed plugin installed, and the service `api` of `nx g toolbox:service api` */
  workspace() {
    return this.#once('workspace', () => {
      const folder = join(this.folder, 'workspace');
      mkdirSync(folder);
      const names = ['nx', '@nx/devkit', '@nx/js', '@nx/node', '@nx/esbuild', '@nx/docker'];
      writeJson(join(folder, 'package.json'), {
        name: '@acme/source',
        version: '0.0.0',
        private: true,
        license: 'UNLICENSED',
        devDependencies: {
          ...Object.fromEntries(names.map((name) => [name, peerVersion])),
          toolbox: `file:${this.#pack()}`,
        },
      });
      writeJson(join(folder, 'nx.json'), { neverConnectToCloud: true, analytics: false });
      writeFileSync(join(folder, '.gitignore'), 'node_modules\ndist\n.nx\n.cache\n');
      this.log(`installing Nx ${peerVersion}, the peers and the packed plugin`);
      run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: folder,
        env: this.env(),
        seconds: 900,
      });
      run('git', ['init', '-q', '-b', 'main'], { cwd: folder });
      this.log('nx g toolbox:service api');
      this.nx(folder, 'g', 'toolbox:service', 'api', '--no-interactive');
      return folder;
    });
  }

  /** @returns {string} a compiled module of the installed plugin, e.g. `executors/build/executor.js` */
  module(path) {
    return join(this.workspace(), 'node_modules', 'toolbox', 'dist', path);
  }

  nxBin() {
    return join(this.workspace(), 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  }

  /** @throws {Error} with the last line that nx said */
  nx(folder, ...args) {
    return run(process.execPath, [join(folder, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), ...args], {
      cwd: folder,
      env: this.env(folder),
      seconds: 900,
    });
  }

  /**
   * A real engine with the base images of both sides.
   * @throws {Error} where none can be had: nothing is reported that was not measured
   */
  async engine() {
    const known = this.#made.get('engine');
    if (known) return known;
    this.log('a container engine and base images');
    const found = await ensureEngine({ log: this.log });
    if (!found.dockerBin) throw new Error(found.why);
    await ensureBases({ ...found, log: this.log, bench: true });
    this.#made.set('engine', found);
    return found;
  }

  /** Runs the docker client, at most 15 minutes. */
  async docker(...args) {
    const { dockerBin } = await this.engine();
    return run(join(dockerBin, 'docker'), args, { env: this.env(), seconds: 900 }).trim();
  }

  once(name, make) {
    return this.#once(name, make);
  }

  made(name) {
    return this.#made.has(name);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A copy of the built package is packed, so that a build of the repository meanwhile changes nothing. */
  #pack() {
    this.log('building and packing the plugin');
    execFileSync(process.execPath, [join(root, 'tools', 'build', 'build.mjs')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const copy = join(this.folder, 'package');
    cpSync(join(root, 'packages', 'toolbox'), copy, { recursive: true });
    run('npm', ['pack', '--silent', '--pack-destination', this.folder], { cwd: copy, env: this.env() });
    return join(
      this.folder,
      readdirSync(this.folder).find((file) => file.endsWith('.tgz')),
    );
  }

  #once(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name);
  }
}

export function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
