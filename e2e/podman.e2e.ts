import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf, treeOf } from './image-tree';
import { freshWorkspace, type Workspace } from './workspace';

/** Podman does what Docker does, out of the same files; what the two engines make is the same image but for its digest. */
describe('podman as the engine', () => {
  const project = 'api-podman';
  const parts = 'parts-podman';
  let workspace: Workspace;
  let env: Record<string, string>;

  const podman = (...args: readonly string[]) =>
    execFileSync('podman', args, {
      encoding: 'utf8',
      env: { ...process.env, ...env, DISABLE_HC_SYSTEMD: 'true' },
    }).trim();
  const nx = (...args: readonly string[]) => workspace.nxOk(args, env);
  const layout = (name: string) => join(workspace.root, 'dist', 'images', name);
  const digestOf = (name: string) =>
    workspace.json<{ digest: string }>(`dist/images/${name}/image.json`).digest;
  const removeAll = () => {
    const ids = podman('ps', '-aq', '--filter', `label=io.toolbox.project=${project}`)
      .split('\n')
      .filter(Boolean);
    if (ids.length > 0) podman('rm', '--force', '--time', '1', ...ids);
    for (const name of [project, parts]) podman('rmi', '--force', '--ignore', `acme/${name}:dev`);
  };

  beforeAll(() => {
    const script = join(__dirname, '..', 'tools', 'engine', 'podman.mjs');
    const exported = execFileSync(process.execPath, [script], { encoding: 'utf8' });
    env = Object.fromEntries(
      [...exported.matchAll(/^export (\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value]),
    );
    removeAll();
    workspace = freshWorkspace('podman');
    workspace.nxOk(['g', 'toolbox:service', project, '--no-interactive']);
    const targets = { 'docker-build': { options: { layout: 'thin' } } };
    workspace.write(
      `apps/${parts}/project.json`,
      JSON.stringify({ name: parts, root: `apps/${parts}`, targets }),
    );
    workspace.write(`apps/${parts}/Dockerfile`, dockerfileOfParts(parts));
    workspace.write(`apps/${parts}/Dockerfile.dockerignore`, `apps/${parts}/left-out\n`);
    for (const name of ['kept', 'left-out']) workspace.write(`apps/${parts}/${name}`, name);
    const nxJson = workspace.json<{ plugins: unknown[] }>('nx.json');
    const plugins = [{ plugin: 'toolbox', options: { engine: 'podman' } }];
    workspace.write('nx.json', JSON.stringify({ ...nxJson, plugins }));
    workspace.commit('service');
    // The build secret of the second image.
    workspace.write('.cache/npmrc', 'canary-of-podman');
    env['NPM_CONFIG_USERCONFIG'] = join(workspace.root, '.cache', 'npmrc');
  });

  afterAll(() => {
    removeAll();
    podman('image', 'prune', '--force');
    workspace.remove();
  });

  it('builds the same digest twice, the second time without any cache', () => {
    nx('docker-build', project);
    const first = digestOf(project);
    rmSync(join(workspace.root, 'dist'), { recursive: true });
    nx('docker-build', project, '--noCache', '--skip-nx-cache');
    expect(digestOf(project)).toBe(first);
  });

  it('measures the image as any other', () => {
    const output = nx('docker-size-check', project);
    expect(output).toContain('usr/local/bin/node');
    expect(output).toContain('COPY --link');
  });

  it('runs it healthy, read-only, as uid 1001, without capabilities', async () => {
    const began = Date.now();
    expect(nx('docker-run', project, '--detach', '--port=0')).toContain('is healthy');
    // The health check is made at once, not after its first interval.
    expect(Date.now() - began).toBeLessThan(30_000);
    const [container] = JSON.parse(podman('container', 'inspect', project)) as [Inspected];
    expect(container.State.Health.Status).toBe('healthy');
    expect(container.HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapAdd: [] });
    expect(`sha256:${container.Image}`).toBe(
      workspace.json<{ configDigest: string }>(`dist/images/${project}/image.json`).configDigest,
    );
    const script =
      'console.log(fs.readFileSync("/proc/1/status", "utf8")); for (const path of ["/run", "/app"]) try { fs.writeFileSync(path + "/x", ""); console.log("wrote", path) } catch {}; fs.writeFileSync("/tmp/x", "")';
    const status = podman('exec', project, '/usr/local/bin/node', '-e', script);
    expect(status).toMatch(/^Uid:\s+1001\s+1001/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).not.toContain('wrote');
    const port = podman('port', project).split(' -> ')[1] ?? '';
    expect((await fetch(`http://${port}/health`)).status).toBe(200);
  });

  it('has it at once where it is there, and takes a later run for the same container', () => {
    expect(nx('docker-load', project)).not.toContain('Loaded');
    expect(podman('image', 'inspect', '--format', '{{.Id}}', `acme/${project}:dev`)).toMatch(
      /^[0-9a-f]{64}$/,
    );
    nx('docker-run', project, '--detach', '--port=0');
    expect(podman('ps', '-q', '--filter', `label=io.toolbox.project=${project}`).split('\n')).toHaveLength(1);
  });

  it.each([project, parts])('makes of %s what docker makes of it', async (name) => {
    const args = ['docker-build', name, '--layout=full', '--buildArgs.GREETING=hi'];
    nx(...args);
    const byPodman = join(workspace.root, 'dist', 'by-podman');
    rmSync(byPodman, { recursive: true, force: true });
    cpSync(layout(name), byPodman, { recursive: true });
    nx(...args, '--engine=docker');
    expect(digestOf(name)).not.toBe(JSON.parse(workspace.read('dist/by-podman/image.json')).digest);
    expect(settingsOf(byPodman)).toEqual(settingsOf(layout(name)));
    const tree = await treeOf(byPodman);
    expect(tree).toEqual(await treeOf(layout(name)));
    expect(Object.keys(tree).length).toBeGreaterThan(40);
  });

  it('loads an image whose layout leaves the base out: podman itself has that', () => {
    expect(nx('docker-load', parts)).toContain('Loaded');
    expect(
      workspace.json<{ leftOut?: { base: string } }>(`dist/images/${parts}/image.json`).leftOut?.base,
    ).toContain('alpine');
    expect(
      podman('run', '--rm', '--no-healthcheck', `acme/${parts}:dev`, 'cat', '/data/listed'),
    ).not.toContain('left-out');
  });

  it('says in one line what it cannot do', () => {
    const refused = workspace.nx(['docker-build', project, '--platforms=linux/amd64,linux/arm64'], env);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('platforms: Podman builds one platform at a time');
    workspace.write(`apps/${parts}/Dockerfile`, 'FROM alpine:3.24.2\n\nRUN exit 3\n');
    const failed = workspace.nx(['docker-build', parts], env);
    expect(failed.output).toContain(`apps/${parts}/Dockerfile:3: RUN exit 3 failed with exit code 3.`);
    const away = workspace.nx(['docker-load', project], { ...env, CONTAINER_HOST: 'unix:///nowhere.sock' });
    expect(away.output).toContain('Podman does not answer: its machine or service is not running.');
  });
});

interface Inspected {
  readonly Image: string;
  readonly State: { readonly Health: { readonly Status: string } };
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** What only BuildKit's language has, in one file. */
function dockerfileOfParts(name: string): string {
  return `ARG BASE=alpine:3.24.2
FROM \${BASE} AS made
ARG GREETING
RUN --mount=type=secret,id=npmrc,target=/run/secrets/npmrc \\
  --mount=type=bind,source=apps/${name},target=/context \\
  --mount=type=cache,target=/cache <<EOF
ls /context > /listed
test -s /run/secrets/npmrc && echo "$GREETING $(id -u)" > /greeting
EOF
RUN --network=none true

FROM \${BASE}
ARG GREETING=none
COPY --link --from=made --chown=1234:2345 /listed /greeting /data/
COPY <<one <<"two" /docs/
1
one
$2
two
WORKDIR /app/src
COPY --link --chmod=640 apps/${name}/ ./
LABEL greeting="\${GREETING}" two="a b"
ENV GREETING=\${GREETING}
VOLUME /data
EXPOSE 80/tcp 53/udp
USER 1234
STOPSIGNAL SIGINT
HEALTHCHECK --interval=1m --start-period=5s --start-interval=500ms CMD test -f /data/listed || exit 1
SHELL ["/bin/ash", "-eu", "-c"]
CMD sleep 60
`;
}
