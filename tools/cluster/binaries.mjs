/** The programs of the cluster: built from Go modules once per machine, etcd from Debian's package. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { cannotInstall, downloadPackage } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';

const source = fileURLToPath(new URL('program/main.go', import.meta.url));
const versions = JSON.parse(readFileSync(new URL('versions.json', import.meta.url), 'utf8'));
const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];

/** A cold build takes minutes on two cores; the limit only ends one that hangs. */
const buildSeconds = 1800;

/** @returns {Promise<string>} the folder with all programs; its name changes with their versions and our source */
export async function ensureBinaries(log) {
  const key = createHash('sha256').update(JSON.stringify(versions)).update(readFileSync(source));
  const folder = cacheFolder('cluster', `programs-${key.digest('hex').slice(0, 12)}`);
  if (!existsSync(join(folder, 'etcd'))) takeEtcd(folder, log);
  if (!existsSync(join(folder, 'kwok'))) buildKwok(folder, log);
  if (!existsSync(join(folder, 'control-plane'))) buildControlPlane(folder, log);
  for (const name of controlPlane)
    if (!existsSync(join(folder, name))) symlinkSync('control-plane', join(folder, name));
  return folder;
}

function takeEtcd(folder, log) {
  const hindrance = cannotInstall();
  if (hindrance) throw new Error(hindrance);
  log('unpacking etcd');
  inScratch(folder, (scratch) => {
    run('dpkg-deb', ['--extract', downloadPackage('etcd-server', scratch), scratch]);
    renameSync(join(scratch, 'usr', 'bin', 'etcd'), join(folder, 'etcd'));
  });
}

function buildKwok(folder, log) {
  log(`building kwok ${versions.kwok}`);
  inScratch(folder, (scratch) => {
    go(['install', `sigs.k8s.io/kwok/cmd/kwok@v${versions.kwok}`], scratch, { GOBIN: scratch });
    renameSync(join(scratch, 'kwok'), join(folder, 'kwok'));
  });
}

function buildControlPlane(folder, log) {
  log(`building the control plane of Kubernetes ${versions.kubernetes}: some minutes`);
  inScratch(folder, (scratch) => {
    copyFileSync(source, join(scratch, 'main.go'));
    writeFileSync(join(scratch, 'go.mod'), moduleFile(scratch));
    go(['mod', 'tidy'], scratch);
    go(['build', '-trimpath', `-ldflags=${linkerFlags()}`, '-o', 'control-plane', '.'], scratch);
    renameSync(join(scratch, 'control-plane'), join(folder, 'control-plane'));
  });
}

/** Built from a module it would call itself v0.0.0-master, and clients judge a server by its version. */
function linkerFlags() {
  const [major, minor] = versions.kubernetes.split('.');
  const values = { gitVersion: `v${versions.kubernetes}`, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ['-s', '-w', ...set].join(' ');
}

/**
 * Kubernetes' own module file replaces its parts by folders of its repository, which a module that requires it does not have:
 * each part is also published by itself, as v0 of the same release.
 */
function moduleFile(scratch) {
  const { kubernetes } = versions;
  const parts = `v${kubernetes.replace(/^1\./, '0.')}`;
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@v${kubernetes}`], scratch));
  const replaced = [...readFileSync(GoMod, 'utf8').matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging\//gm)];
  return [
    'module toolbox.test/cluster',
    'go 1.26.0',
    `require k8s.io/kubernetes v${kubernetes}`,
    ...['component-base', 'kubectl'].map((name) => `require k8s.io/${name} ${parts}`),
    ...replaced.map(([, path]) => `replace ${path} => ${path} ${parts}`),
    '',
  ].join('\n');
}

/** With the lowest priority: tests that run beside it keep their times. */
function go(args, cwd, env = {}) {
  return run('nice', ['-n', '19', 'go', ...args], {
    cwd,
    seconds: buildSeconds,
    env: { ...process.env, GOFLAGS: '-buildvcs=false -mod=mod', ...env },
  });
}

function inScratch(folder, action) {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'build-'));
  try {
    action(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
