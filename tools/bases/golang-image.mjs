/** The stand-in for `golang`: the toolchain as the Go module proxy serves it, with git, on Debian. */
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../engine/packages.mjs';
import { run, tryRun } from '../engine/run.mjs';
import { inWorkFolder, installDebian } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';

/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
/** Of what the official image holds, what builds without C need: the C compiler would double the layer. */
const BESIDE = ['ca-certificates', 'git', 'netbase'];

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function golangImage({ tag }, log) {
  const version = tag.split('-')[0];
  const debian = await debianLayer(log);
  const config = {
    Env: [
      `PATH=/go/bin:/usr/local/go/bin:${PATH.replace('PATH=', '')}`,
      `GOLANG_VERSION=${version}`,
      'GOTOOLCHAIN=local',
      'GOPATH=/go',
    ],
    Cmd: ['bash'],
    WorkingDir: '/go',
  };
  return { layers: [debian, await golangLayer(version, debian, log)], config };
}

function golangLayer(version, debian, log) {
  const { arch } = machine();
  return layer(`golang-${version}-r${RECIPE}-${arch}`, (root) => {
    log(`fetching go ${version}`);
    installDebian(root, debian, BESIDE);
    addToolchain(root, version);
    for (const folder of ['go', 'go/bin', 'go/src']) {
      mkdirSync(join(root, folder));
      chmodSync(join(root, folder), 0o1777);
    }
  });
}

/** Any `go` can fetch it as a module, through the machine's own proxy setting and checked against its checksum database. */
function addToolchain(root, version) {
  if (!tryRun('go', ['version']).ok) installPackages(['golang-go']);
  const { docker: architecture } = machine();
  inWorkFolder((work) => {
    const env = { GOMODCACHE: join(work, 'modules'), GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local' };
    const module = `golang.org/toolchain@v0.0.1-go${version}.linux-${architecture}`;
    const { Dir } = JSON.parse(
      run('go', ['mod', 'download', '-json', module], { cwd: work, env, seconds: 600 }),
    );
    const target = join(root, 'usr/local/go');
    mkdirSync(join(root, 'usr/local'), { recursive: true });
    cpSync(Dir, target, { recursive: true });
    restoreModes(target, /\/(bin|pkg\/tool\/[^/]+)$/);
  });
}

/** A module holds neither modes nor a second go.mod: programs are made executable, and `_go.mod` gets its name back. */
function restoreModes(folder, programs) {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) restoreModes(path, programs);
    else chmodSync(path, programs.test(folder) ? 0o755 : 0o644);
    if (name === '_go.mod') renameSync(path, join(folder, 'go.mod'));
  }
}
