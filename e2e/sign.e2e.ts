import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosign, cosignEnvironment, makeAuthority, statementsOf } from './cosign';
import { docker, removeImagesNamed } from './engine';
import { startRegistry, type RegistryServer } from './registry';
import { freshWorkspace, type Ran, type Workspace } from './workspace';

interface Sbom {
  readonly components: readonly { readonly purl?: string }[];
}
interface Provenance {
  readonly predicate: {
    readonly buildDefinition: {
      readonly resolvedDependencies: readonly {
        readonly digest?: Readonly<Record<string, string>>;
        readonly annotations?: unknown;
      }[];
    };
  };
}

/** Prints what is installed: packages of npm (the manifest of the workspace's root is none), and those of Debian as dpkg keeps them. */
const nodeInventory = `
const fs = require('fs'), found = [];
const walk = (folder) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = folder + '/' + entry.name;
    if (entry.isDirectory()) walk(path);
    else if (entry.name === 'package.json' && folder !== '/app') {
      const { name, version } = JSON.parse(fs.readFileSync(path, 'utf8'));
      if (name && version) found.push('npm ' + name + ' ' + version);
    }
  }
};
walk('/app');
for (const file of fs.readdirSync('/var/lib/dpkg/status.d')) {
  const text = fs.readFileSync('/var/lib/dpkg/status.d/' + file, 'utf8');
  const field = (name) => (new RegExp('^' + name + ': (.*)$', 'm').exec(text) || [])[1];
  if (field('Package')) found.push('deb ' + field('Package') + ' ' + field('Version'));
}
console.log(found.join('\\n'));
`;
const pythonInventory = `
import importlib.metadata, os, re
for d in importlib.metadata.distributions():
    print('pypi', re.sub('[-_.]+', '-', d.name).lower(), d.version)
for file in os.listdir('/var/lib/dpkg/status.d'):
    text = open('/var/lib/dpkg/status.d/' + file).read()
    field = lambda name: (re.findall('^' + name + ': (.*)$', text, re.M) or [None])[0]
    if field('Package'): print('deb', field('Package'), field('Version'))
`;

/** What is in an image, where it came from, and who says so: in order, in one workspace, with a real registry and a real cosign. */
describe('docker-sbom, provenance.json and docker-sign', () => {
  const password = 'correct-horse-9b1e';
  let workspace: Workspace;
  let registry: RegistryServer;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    env = cosignEnvironment(password);
    registry = await startRegistry();
    workspace = freshWorkspace('sign');
    workspace.nxOk(['g', 'toolbox:init', '--no-interactive']);
    writeNode();
    lock();
    workspace.nxOk(['g', 'toolbox:service', 'sign-py', '--runtime=python', '--no-interactive']);
    workspace.nxOk(['g', 'toolbox:service', 'sign-node', '--no-interactive']);
    const nxJson = workspace.json<{ plugins: unknown[] }>('nx.json');
    const plugins = [{ plugin: 'toolbox', options: { registry: `${registry.address}/acme` } }];
    const targetDefaults = { 'toolbox:sign': { options: { key: 'keys/cosign.key' } } };
    workspace.write('nx.json', JSON.stringify({ ...nxJson, plugins, targetDefaults }, null, 2));
    workspace.write('.gitignore', `${workspace.read('.gitignore')}keys\n`);
    for (const name of ['cosign', 'foreign', 'other']) makeKey(name);
    workspace.commit('services');
  });
  afterAll(() => {
    removeImagesNamed(`${registry.address}/*/*`);
    registry.stop();
    workspace.remove();
  });

  /** A service whose packages are installed in its image. */
  function writeNode(): void {
    const root = workspace.json<Record<string, unknown>>('package.json');
    workspace.write('package.json', JSON.stringify({ ...root, workspaces: ['apps/sign-node'] }, null, 2));
    const dependencies = { 'is-odd': '3.0.1', ms: '2.1.3' };
    const manifest = { name: '@acme/sign-node', version: '1.0.0', private: true, dependencies };
    workspace.write('apps/sign-node/package.json', JSON.stringify(manifest, null, 2));
    const command = 'mkdir -p dist/apps/sign-node && cp apps/sign-node/main.js dist/apps/sign-node/';
    const outputs = ['{workspaceRoot}/dist/apps/sign-node'];
    const build = { executor: 'nx:run-commands', outputs, options: { command }, cache: true };
    workspace.write(
      'apps/sign-node/project.json',
      JSON.stringify({ name: 'sign-node', targets: { build } }, null, 2),
    );
    workspace.write('apps/sign-node/main.js', "require('is-odd');\n");
    workspace.write(
      'apps/sign-node/toolbox.yaml',
      'runtime: node\nbuild:\n  output: dist/apps/sign-node\n  main: main.js\n  dependencies: pruned\n',
    );
  }
  function lock(): void {
    const args = ['install', '--package-lock-only', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', args, { cwd: workspace.root, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  function makeKey(name: string): void {
    mkdirSync(join(workspace.root, 'keys'), { recursive: true });
    cosign(env, 'generate-key-pair', '--output-key-prefix', join(workspace.root, 'keys', name));
  }
  const nx = (target: string, ...args: readonly string[]) =>
    workspace.nx([target, 'sign-node', ...args], env);
  const nxOk = (target: string, ...args: readonly string[]) =>
    workspace.nxOk([target, 'sign-node', ...args], env);
  const alone = '--excludeTaskDependencies';
  const image = (project: string) =>
    workspace.json<{ digest: string; tags: readonly string[] }>(`dist/images/${project}/image.json`);
  const reference = () => `${registry.address}/acme/sign-node@${image('sign-node').digest}`;

  /** One line says it: what a failed task prints between Nx's own lines. */
  function expectOneLine(ran: Ran, line: RegExp): void {
    expect(ran.output).toMatch(line);
    expect(ran.code).not.toBe(0);
    expect(ran.output.split('\n').filter((text) => line.test(text))).toHaveLength(1);
    expect(ran.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(ran.output).not.toContain(password);
  }

  it.each([
    ['sign-node', ['-e', nodeInventory], ['npm', 'deb']],
    ['sign-py', ['-c', pythonInventory], ['pypi', 'deb']],
  ] as const)('docker-sbom finds in the image of %s what is in it', (project, program, types) => {
    workspace.nxOk(['docker-sbom', project]);
    workspace.nxOk(['docker-load', project]);
    const [interpreter, ...rest] = [project === 'sign-py' ? 'python3' : 'node', ...program];
    const [tag = ''] = image(project).tags;
    const inside = docker('run', '--rm', '--network=none', '--entrypoint', interpreter!, tag, ...rest);
    const listed = workspace
      .json<Sbom>(`dist/reports/${project}/sbom.cdx.json`)
      .components.flatMap(({ purl = '' }) => {
        const [, type = '', name = '', version = ''] =
          /^pkg:(\w+)\/(?:debian\/)?([^?]+)@([^?@]+)/.exec(purl) ?? [];
        return types.some((one) => one === type)
          ? [`${type} ${decodeURIComponent(name)} ${decodeURIComponent(version)}`]
          : [];
      });
    expect(listed.sort()).toEqual(inside.split('\n').sort());
    for (const type of types) expect(listed.some((line) => line.startsWith(`${type} `))).toBe(true);
  });

  it('names the commit that the image was built at, also after a cache hit at a later one', () => {
    const commit = workspace.git('rev-parse', 'HEAD').trim();
    workspace.write('unrelated.txt', 'later\n');
    workspace.commit('later');
    rmSync(join(workspace.root, 'dist/images'), { recursive: true });
    expect(nxOk('docker-build')).toMatch(/nx run sign-node:docker-build.*(cache|existing outputs)/);
    const { predicate } = workspace.json<Provenance>('dist/images/sign-node/provenance.json');
    const [source] = predicate.buildDefinition.resolvedDependencies;
    expect(source).toMatchObject({ digest: { gitCommit: commit }, annotations: { dirty: false } });
  });

  it('refuses to sign or to verify what is not in the registry', () => {
    for (const target of ['docker-sign', 'docker-verify-signature'])
      expectOneLine(
        nx(target, alone),
        /sign-node@sha256:\w+: is not there\. Push it: nx docker-push sign-node/,
      );
  });

  it('refuses an image that nobody signed', () => {
    nxOk('docker-push');
    expectOneLine(
      nx('docker-verify-signature'),
      /sign-node@sha256:\w+: is not signed\. Sign it: nx docker-sign sign-node/,
    );
  });

  it('signs by digest, and attests what lies on the disk, byte for byte in meaning', () => {
    const output = nxOk('docker-sign');
    expect(output).toContain('signature: made, by the key keys/cosign.key');
    expect(output).not.toContain(password);
    const documents = {
      'https://cyclonedx.org/bom': workspace.json('dist/reports/sign-node/sbom.cdx.json'),
      'https://spdx.dev/Document': workspace.json('dist/reports/sign-node/sbom.spdx.json'),
      'https://slsa.dev/provenance/v1': workspace.json<Provenance>('dist/images/sign-node/provenance.json')
        .predicate,
    };
    for (const [type, document] of Object.entries(documents)) {
      const statements = statementsOf(env, reference(), join(workspace.root, 'keys/cosign.pub'), type);
      expect(statements.map(({ predicate }) => predicate)).toEqual([document]);
      expect(`sha256:${statements[0]?.subject[0]?.digest.sha256}`).toBe(image('sign-node').digest);
    }
  });

  it('signs nothing twice', () => {
    const before = registry.writes().length;
    const output = nxOk('docker-sign');
    expect(output).toContain('signature: there already');
    expect(output.match(/(provenance|cyclonedx|spdx): there already/g)).toHaveLength(3);
    expect(registry.writes().slice(before)).toEqual([]);
  });

  it('verifies with the public key alone, and refuses another', () => {
    const verify = (key: string) =>
      workspace.nx(['docker-verify-signature', 'sign-node', `--publicKey=keys/${key}.pub`], {
        ...env,
        COSIGN_PASSWORD: undefined,
      });
    expect(verify('cosign').output).toContain(
      'verified: signature, provenance, cyclonedx, spdx, by the key keys/cosign.pub',
    );
    expectOneLine(
      verify('foreign'),
      /sign-node@sha256:\w+: is signed, but not by the key keys\/foreign\.pub: invalid signature/,
    );
  });

  it('refuses a signature without what should be attested', () => {
    workspace.nxOk(['docker-push', 'sign-py']);
    const sign = ['docker-sign', 'sign-py', alone];
    workspace.nxOk([...sign, '--attestations=provenance'], env);
    expectOneLine(
      workspace.nx(['docker-verify-signature', 'sign-py'], env),
      /sign-py@sha256:\w+: cyclonedx is not attested by the key keys\/cosign\.key/,
    );
    rmSync(join(workspace.root, 'dist/reports/sign-py/sbom.cdx.json'));
    expectOneLine(
      workspace.nx(sign, env),
      /dist\/reports\/sign-py\/sbom\.cdx\.json: does not exist\. Run nx docker-sbom sign-py/,
    );
  });

  it.each<[string, readonly string[], NodeJS.ProcessEnv, RegExp]>([
    ['a wrong password', [], { COSIGN_PASSWORD: 'wrong' }, /cosign\.key: the password does not open the key/],
    ['no password', [], { COSIGN_PASSWORD: undefined }, /cosign\.key: the password does not open the key/],
    ['a key that is not there', ['--key=nowhere.key'], {}, /sign-node: key: nowhere\.key does not exist/],
    [
      'a private key that is not the one of the public key',
      ['--key=keys/foreign.key', '--publicKey=keys/other.pub'],
      {},
      /was signed, but not by the key keys\/other\.pub: invalid signature/,
    ],
    ['no cosign', [], { PATH: process.env['PATH'] }, /cosign was not found\. Install cosign 2 or 3/],
    [
      'a registry that does not answer',
      ['--repository=127.0.0.1:1/acme/sign-node'],
      {},
      /127\.0\.0\.1:1: nothing answers there \(connection refused\)/,
    ],
  ])('says in one line what is wrong: %s', (_, args, more, line) => {
    const ran = workspace.nx(['docker-sign', 'sign-node', alone, ...args], { ...env, ...more });
    expectOneLine(ran, line);
  });

  it('takes the password from a file, and shows it nowhere', () => {
    writeFileSync(join(workspace.root, 'keys/password'), `${password}\n`, { mode: 0o600 });
    const ran = workspace.nx(
      ['docker-sign', 'sign-node', alone, '--passwordFile=keys/password', '--verbose'],
      { ...env, COSIGN_PASSWORD: undefined },
    );
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.output).not.toContain(password);
  });

  it('verifies a certificate: who signed, and who vouches for that', () => {
    const identity = 'https://ci.example.com/acme/repo/release.yml@refs/heads/main';
    const issuer = 'https://issuer.example.com';
    const folder = join(workspace.root, 'keys');
    const { root, certificate, key } = makeAuthority(env, folder, identity, issuer);
    const chain = ['--certificate', certificate, '--certificate-chain', root];
    cosign(env, 'sign', '--key', key, ...chain, '--tlog-upload=false', '--yes', reference());
    const nxJson = workspace.json<{ targetDefaults: unknown }>('nx.json');
    const verify = (options: Readonly<Record<string, string>>) => {
      const all = { ...options, transparencyLog: false, attestations: [] };
      const targetDefaults = { 'toolbox:sign': { options: all } };
      workspace.write('nx.json', JSON.stringify({ ...nxJson, targetDefaults }));
      return nx('docker-verify-signature');
    };
    Object.assign(env, { SIGSTORE_ROOT_FILE: root });
    expect(verify({ identity, issuer }).output).toContain(`by ${identity} (vouched for by ${issuer})`);
    expect(verify({ identityPattern: 'https://ci.example.com/acme/.*', issuer })).toMatchObject({ code: 0 });
    const refused = /is signed, but not by .*got subjects \[https:\/\/ci\.example\.com/;
    expectOneLine(verify({ identityPattern: 'https://ci.example.com/acme', issuer }), refused);
    expectOneLine(verify({ identity, issuer: 'https://other.example.com' }), refused);
    expectOneLine(verify({ identity }), /sign-node: issuer is missing: who vouches for/);
  });
});
