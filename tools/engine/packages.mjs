/** Debian packages of the engine, from the machine's own mirror. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptMirror, distribution } from './apt-mirror.mjs';
import { run, tryRun } from './run.mjs';

/** Bookworm's engine is older than 25, and has neither buildx nor the compose plugin: these come from the next release. */
const NEWER = 'trixie';
const ENGINE = ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose', 'containerd'];
const BESIDE = ['runc', 'iptables', 'tini', 'skopeo'];
const SOURCE = '/etc/apt/sources.list.d/toolbox-trixie.sources';
const POLICY = '/usr/sbin/policy-rc.d';

/** @returns {string} why no engine can be installed here, or an empty string */
export function cannotInstall() {
  const { id } = distribution();
  if (process.platform !== 'linux' || id !== 'debian')
    return 'packages are installed automatically on Debian only';
  if (process.getuid() !== 0) return 'installing packages needs root';
  if (!aptMirror()) return "the machine's apt configuration names no mirror of its own release";
  return '';
}

/** Installs engine, client, buildx and compose; about 20 s with a near mirror. @throws {Error} one line, apt's own last word */
export function installEngine(log) {
  const { codename } = distribution();
  const older = codename === 'bookworm';
  if (older) addNewerRelease();
  log(`installing ${ENGINE.join(', ')}${older ? ` from ${NEWER}` : ''}`);
  installPackages([...ENGINE.map((name) => (older ? `${name}/${NEWER}` : name)), ...BESIDE]);
}

/** Downloads one package of the newer release into `folder`, without installing it. @returns {string} its file */
export function downloadPackage(name, folder) {
  const { older } = needNewerRelease();
  run('apt-get', ['download', '-qq', older ? `${name}/${NEWER}` : name], { cwd: folder, seconds: 120 });
  return join(
    folder,
    readdirSync(folder).find((file) => file.startsWith(`${name}_`)),
  );
}

/**
 * Downloads packages of the newer release and what they need, as far as another system lacks them.
 * @param {string[]} names
 * @param {string} status the package database of that system: its `var/lib/dpkg/status`
 * @param {string} folder a folder that is made for them
 */
export function downloadMissing(names, status, folder) {
  const { older } = needNewerRelease();
  mkdirSync(join(folder, 'partial'), { recursive: true });
  const nothing = '/dev/null';
  const options = {
    'Dir::State::status': status,
    'Dir::Cache::archives': folder,
    // The machine's own package cache is of its own release: neither read nor written here.
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': '1',
    ...(older && {
      'Dir::Etc::sourcelist': SOURCE,
      'Dir::Etc::sourceparts': nothing,
      'Dir::Etc::preferences': nothing,
      'Dir::Etc::preferencesparts': nothing,
    }),
  };
  const settings = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const install = ['install', '--download-only', '--no-install-recommends', ...names];
  run('apt-get', ['-qq', '-y', ...settings, ...install], { seconds: 600 });
}

/** @returns {{ older: boolean }} whether this machine is of an older release than the packages, which then has a source of its own */
function needNewerRelease() {
  const older = distribution().codename === 'bookworm';
  if (older && !existsSync(SOURCE)) {
    addNewerRelease();
    run('apt-get', ['update', '-qq'], { seconds: 300 });
  }
  return { older };
}

/** @param {string[]} names packages; those already installed cost nothing */
export function installPackages(names) {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // A third-party source that does not answer must not stop what comes from Debian: the install below decides.
  tryRun('apt-get', ['update', '-qq'], { env, seconds: 300 });
  withoutServices(() =>
    run(
      'apt-get',
      [
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        '-o',
        'Dpkg::Options::=--force-confold',
        ...missing,
      ],
      { env, seconds: 900 },
    ),
  );
}

function isInstalled(name) {
  if (name.includes('/')) return false;
  const { ok, stdout } = tryRun('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
  return ok && stdout === 'installed';
}

/** Pinned at 100: nothing that is installed moves to the newer release by itself. */
function addNewerRelease() {
  const { uri, signedBy } = aptMirror();
  const source = [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${NEWER}`,
    'Components: main',
    ...(signedBy ? [`Signed-By: ${signedBy}`] : []),
  ];
  writeFileSync(SOURCE, `${source.join('\n')}\n`);
  writeFileSync(
    '/etc/apt/preferences.d/toolbox-trixie',
    `Package: *\nPin: release n=${NEWER}\nPin-Priority: 100\n`,
  );
}

/** The package would start a daemon of its own on the default data root; ours is started with other settings. */
function withoutServices(install) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}
