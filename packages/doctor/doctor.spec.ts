import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixtureDocker, type Answer } from '../engines/docker/fixture-docker';
import { problemOf, type Check, type Finding } from './check';
import { engineChecks, type EngineFacts } from './engine-checks';
import { machineChecks } from './machine-checks';
import { workspaceChecks, type WorkspaceFacts } from './workspace-checks';

const ask = async (checks: readonly Check[]): Promise<Readonly<Record<string, Finding>>> =>
  Object.fromEntries((await Promise.all(checks.map((check) => check()))).map((one) => [one.id, one]));

const path = process.env['PATH'];
afterEach(() => void (process.env['PATH'] = path));

describe('the workspace', () => {
  const well: WorkspaceFacts = {
    nodeVersion: '22.1.0',
    nxVersion: '24.0.0',
    isRegistered: true,
    isSynced: true,
    hasLockfile: true,
    services: () => ['api'],
  };

  it('is well', async () => {
    for (const { severity, fix } of Object.values(await ask(workspaceChecks(well))))
      expect([severity, fix]).toEqual(['ok', null]);
  });

  it.each<[Partial<WorkspaceFacts>, string, Finding['severity'], RegExp]>([
    [{ nodeVersion: '20.18.3' }, 'node', 'problem', /^Node\.js 20\.18\.3, toolbox needs >=20\.19\.0\.$/],
    [{ nxVersion: '21.6.0' }, 'nx', 'problem', /^Nx 21\.6\.0/],
    [{ nxVersion: '25.0.0' }, 'nx', 'problem', /^Nx 25\.0\.0/],
    [{ nxVersion: '24.1.0-beta.2' }, 'nx', 'ok', /^Nx 24\.1\.0-beta\.2$/],
    [{ isRegistered: false }, 'set-up', 'problem', /does not have the plugin\.$/],
    [{ isSynced: false }, 'set-up', 'problem', /does not have the sync generator\.$/],
    [{ hasLockfile: false }, 'lockfile', 'missing', /^No lockfile/],
    [{ services: () => [] }, 'descriptions', 'missing', /^There is no service yet\.$/],
  ])('%o', async (facts, id, severity, found) => {
    const finding = (await ask(workspaceChecks({ ...well, ...facts })))[id];
    expect(finding).toMatchObject({ severity, found: expect.stringMatching(found) as string });
  });

  it('has a description with a mistake: its line is what is found, and what to do', async () => {
    const services = () => {
      throw new Error('apps/api/toolbox.yaml:3: prot is not a key. Did you mean port?');
    };
    expect((await ask(workspaceChecks({ ...well, services })))['descriptions']).toEqual({
      id: 'descriptions',
      severity: 'problem',
      found: 'apps/api/toolbox.yaml:3: prot is not a key.',
      fix: 'Did you mean port?',
    });
  });
});

it('sends to the guide where an error says nothing to do', () => {
  expect(problemOf('x', new Error('broken'))).toEqual({
    id: 'x',
    severity: 'problem',
    found: 'broken',
    fix: 'See docs/guides/troubleshooting.md.',
  });
});

describe('the engine', () => {
  let docker: FixtureDocker;
  beforeEach(() => void (docker = new FixtureDocker()));
  afterEach(() => docker.remove());

  const answers: readonly Answer[] = [
    { when: '^(version|info)', stdout: '{"ServerVersion":"28.0.1","Driver":"overlay2","DriverStatus":[]}' },
    { when: '^buildx inspect$', stdout: 'Name: default\nPlatforms: linux/amd64*, linux/386\n' },
    { when: '^buildx inspect remote$', code: 1, stderr: 'ERROR: no builder "remote" found\n' },
    { when: '^compose version', stdout: '2.40.1\n' },
  ];
  const findings = (facts: Partial<EngineFacts> = {}, all = answers) => {
    process.env['PATH'] = docker.install('bin', all);
    return ask(engineChecks({ engine: 'docker', builder: null, platforms: [], pluginFolders: [], ...facts }));
  };

  it('builds and starts stacks', async () => {
    expect(await findings()).toMatchObject({
      buildx: { severity: 'ok', found: 'builds for linux/amd64, linux/386' },
      compose: { severity: 'ok', found: 'Compose 2.40.1' },
    });
  });

  it('has no builder of that name', async () => {
    expect((await findings({ builder: 'remote' }))['buildx']).toEqual({
      id: 'buildx',
      severity: 'problem',
      found: 'The builder remote cannot be used: no builder "remote" found.',
      fix: 'Make it with: docker buildx create --name remote, or change the option builder.',
    });
  });

  it('does not build for a platform that is wanted', async () => {
    const { buildx } = await findings({ platforms: ['linux/amd64', 'linux/arm64'] });
    expect(buildx).toMatchObject({
      severity: 'problem',
      found: 'The builder does not build for linux/arm64, only for linux/amd64, linux/386.',
    });
  });

  it('does not answer, has no Compose', async () => {
    const down =
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
    const { engine, compose } = await findings({}, [
      { when: '^compose', code: 1, stderr: "docker: 'compose' is not a docker command." },
      { when: '', code: 1, stderr: down },
    ]);
    expect(engine).toMatchObject({
      severity: 'problem',
      found: expect.stringContaining('does not answer') as string,
    });
    expect(compose).toMatchObject({ severity: 'missing', found: 'Docker has no Compose.' });
  });

  it('is not installed', async () => {
    process.env['PATH'] = docker.folder;
    const checks = engineChecks({ engine: 'docker', builder: null, platforms: [], pluginFolders: [] });
    expect(await ask(checks)).toMatchObject({
      engine: { severity: 'problem', found: 'Docker was not found.' },
      buildx: { severity: 'problem' },
      compose: { severity: 'missing' },
    });
  });
});

describe('the machine', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'toolbox-doctor-'))));
  afterEach(() => {
    delete process.env['DOCKER_CONFIG'];
    rmSync(folder, { recursive: true });
  });

  const program = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  it('names what is installed, what is not and what is broken', async () => {
    program('grype', 'echo "grype 0.110.0"');
    program('cosign', 'exit 3');
    process.env['PATH'] = folder;
    expect(await ask(machineChecks({ root: folder, registry: null }))).toMatchObject({
      scanner: { severity: 'ok', found: 'grype 0.110.0' },
      cosign: { severity: 'problem', found: 'cosign is there, but ends with 3.' },
      kubectl: { severity: 'missing', found: 'There is no kubectl on PATH.' },
      disk: { found: expect.stringMatching(/^[\d.]+ GB free/) as string },
    });
  });

  it('asks for a login only where images are pushed to a registry beyond this machine', async () => {
    process.env['DOCKER_CONFIG'] = folder;
    const login = async (registry: string | null) =>
      (await ask(machineChecks({ root: folder, registry })))['login'];
    expect(await login(null)).toBeUndefined();
    expect(await login('localhost:5000')).toBeUndefined();
    expect(await login('registry.example.com')).toMatchObject({
      severity: 'missing',
      fix: 'Run: docker login registry.example.com',
    });
    const auth = Buffer.from('me:secret').toString('base64');
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ auths: { 'registry.example.com': { auth } } }),
    );
    expect(await login('registry.example.com')).toMatchObject({ severity: 'ok' });
    writeFileSync(join(folder, 'config.json'), '{');
    expect(await login('registry.example.com')).toMatchObject({ severity: 'problem' });
  });
});
