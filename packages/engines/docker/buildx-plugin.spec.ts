import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBuildx, pluginFolders } from './buildx-plugin';
import { DockerCli } from './docker-cli';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'toolbox-plugin-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string, mode = 0o755): string {
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, name, 'docker-buildx');
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode });
  return file;
}

describe('pluginFolders', () => {
  it('takes the configuration of the user first, then the folders that it adds', () => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ cliPluginsExtraDirs: ['/opt/plugins', 7] }));
    const folders = pluginFolders({ DOCKER_CONFIG: folder });
    expect(folders.slice(0, 2)).toEqual([join(folder, 'cli-plugins'), '/opt/plugins']);
    expect(folders).toContain('/usr/libexec/docker/cli-plugins');
    writeFileSync(join(folder, 'config.json'), '{ half');
    expect(pluginFolders({ DOCKER_CONFIG: folder })[0]).toBe(join(folder, 'cli-plugins'));
  });
});

describe('findBuildx', () => {
  it('takes the first that can be started', () => {
    program('one', '', 0o644);
    const two = program('two', '');
    program('three', '');
    const folders = ['none', 'one', 'two', 'three'].map((name) => join(folder, name));
    expect(findBuildx(folders)).toBe(two);
    expect(findBuildx([folder])).toBeNull();
  });
});

describe('DockerCli.buildx', () => {
  const path = process.env['PATH'];
  afterEach(() => void (process.env['PATH'] = path));

  function client(): void {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'docker'), `#!/bin/sh\necho "client $*" >> ${folder}/log\n`, {
      mode: 0o755,
    });
    process.env['PATH'] = `${join(folder, 'bin')}:${path}`;
  }
  const log = () => readFileSync(join(folder, 'log'), 'utf8');

  it('starts the plugin itself', async () => {
    client();
    program('plugins', `echo "plugin $*" >> ${folder}/log`);
    await new DockerCli([join(folder, 'plugins')]).buildx(['build', '.'], {});
    expect(log()).toBe('plugin build .\n');
  });

  it('goes through the client where there is none, or one that does not start', async () => {
    client();
    await new DockerCli([folder]).buildx(['build', '1'], {});
    mkdirSync(join(folder, 'plugins'));
    writeFileSync(join(folder, 'broken'), '#!/no/such/program\n', { mode: 0o755 });
    symlinkSync(join(folder, 'broken'), join(folder, 'plugins', 'docker-buildx'));
    await new DockerCli([join(folder, 'plugins')]).buildx(['build', '2'], {});
    expect(log()).toBe('client buildx build 1\nclient buildx build 2\n');
  });
});
