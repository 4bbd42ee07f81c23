import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLayout, type FixtureEntry } from '../fixture-layout';
import { openLayout } from '../layout';
import { auditImage } from './audit';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = { User: '1001:1001', Healthcheck: { Test: ['CMD', '/bin/health'] } };
const scratch = { base: { name: 'scratch', digest: null }, baseLayers: 0 };

async function audit(
  layers: readonly (readonly FixtureEntry[])[],
  options: { config?: object; history?: { created_by: string }[] } = {},
  facts: Parameters<typeof auditImage>[2] = scratch,
) {
  buildLayout(folder, layers, { ...options, config: { ...good, ...options.config } });
  const layout = openLayout(folder);
  const found = await auditImage(layout, layout.images[0]!, facts);
  return found.findings;
}

/** Put together here, so that no scanner of this repository takes them for real. */
const tokens = {
  npm: `npm_${'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'}`,
  github: `ghp_${'abcdefghijklmnopqrstuvwxyz0123456789'}`,
  aws: `wJalr${'XUtnFEMI/K7MDENG/bPxRfiCYzLmNoPqRsT'}`,
};
const privateKey = `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\n${'b3BlbnNzaC1rZXktdjEAAAAA'.repeat(4)}\n-----END OPENSSH ${'PRIVATE'} KEY-----\n`;

it('finds nothing in an image that is built as it should be', async () => {
  expect(
    await audit([
      [
        { path: 'tmp/', mode: 0o1777 },
        { path: 'app/main.js', content: 'console.log("hello")\n' },
        {
          path: 'app/.npmrc',
          content: 'always-auth=true\n//registry.example.com/:_authToken=${NPM_TOKEN}\n',
        },
        { path: 'app/link', type: '2', link: '/etc/hostname' },
        { path: 'usr/lib/x.so', type: '2', link: '../../lib/x.so' },
      ],
    ]),
  ).toEqual([]);
});

it.each<[string, FixtureEntry, object]>([
  ['a setuid file', { path: 'bin/su', mode: 0o4755 }, { id: 'setuid-file', severity: 'medium' }],
  ['a setgid file', { path: 'bin/wall', mode: 0o2755 }, { id: 'setgid-file', severity: 'medium' }],
  ['a file that everybody may write to', { path: 'app/x', mode: 0o666 }, { id: 'world-writable' }],
  ['a folder that everybody may write to', { path: 'app/', mode: 0o777 }, { id: 'world-writable' }],
  ['a device', { path: 'dev/sda', type: '4' }, { id: 'device', severity: 'high' }],
  ['a path out of the root', { path: '../../etc/passwd' }, { id: 'unsafe-path', severity: 'high' }],
  ['an absolute path', { path: '/etc/passwd' }, { id: 'unsafe-path', severity: 'high' }],
  ['a link out of the root', { path: 'app/x', type: '2', link: '../../etc' }, { id: 'unsafe-link' }],
  [
    'a hard link out of the root',
    { path: 'app/x', type: '1', link: '../etc/shadow' },
    { id: 'unsafe-link', severity: 'high' },
  ],
  ['a shell', { path: 'bin/sh' }, { id: 'shell', severity: 'info' }],
  ['a package manager', { path: 'usr/bin/apt-get' }, { id: 'package-manager', severity: 'info' }],
  ['a cache', { path: 'var/cache/apt/archives/curl.deb' }, { id: 'package-cache', severity: 'low' }],
  ['a file newer than the image', { path: 'app/x', mtime: 1_800_000_000 }, { id: 'newer-than-source-date' }],
  ['a git folder', { path: 'app/.git/HEAD', content: 'ref: x' }, { id: 'git-folder' }],
])('finds %s', async (_, entry, expected) => {
  const findings = await audit([[entry]]);
  expect(findings).toEqual([expect.objectContaining(expected)]);
  expect(findings[0]!.layer).toMatch(/^sha256:/);
  expect(findings[0]!.path).toBe(entry.path.replace(/^\/|\/$/g, ''));
});

it.each<[string, FixtureEntry]>([
  ['a token in a file', { path: 'app/config.js', content: `const x = "${tokens.github}";\n` }],
  ['a private key', { path: 'root/.ssh/id_ed25519', content: privateKey }],
  [
    'a private key in a bundle',
    { path: 'app/main.js', content: `k="${privateKey.replaceAll('\n', '\\n')}"` },
  ],
  ['a token of npm', { path: 'app/.npmrc', content: `//registry.example.com/:_authToken=${tokens.npm}\n` }],
  ['a password of npm', { path: 'root/.npmrc', content: '//registry.example.com/:_password=aHVudGVyMg==\n' }],
  [
    'a password in .netrc',
    { path: 'root/.netrc', content: 'machine example.com login me password hunter2x\n' },
  ],
  [
    'a login of git',
    { path: 'app/.git/config', content: '[remote "origin"]\n url = https://me:hunter2x@example.com/x.git\n' },
  ],
  [
    'a login of an image registry',
    { path: 'root/.docker/config.json', content: '{"auths":{"r.example.com":{"auth":"bWU6aHVudGVyMng="}}}' },
  ],
  ['a setting', { path: 'app/.env', content: 'PORT=3000\nDB_PASSWORD=hunter2x\n' }],
  [
    'an AWS key',
    { path: 'root/.aws/credentials', content: `[default]\naws_secret_access_key = ${tokens.aws}\n` },
  ],
])('finds %s, and does not repeat it', async (_, entry) => {
  const findings = await audit([[entry]]);
  expect(findings).toContainEqual(
    expect.objectContaining({ id: 'secret-in-file', severity: 'critical', path: entry.path }),
  );
  const text = JSON.stringify(findings);
  for (const secret of [...Object.values(tokens), 'hunter2x', 'aHVudGVyMg', 'bWU6aHVudGVyMng'])
    expect(text).not.toContain(secret);
});

it('finds a secret that a later layer deletes, and says that it is still there', async () => {
  const findings = await audit([[{ path: 'app/key', content: privateKey }], [{ path: 'app/.wh.key' }]]);
  expect(findings).toEqual([
    expect.objectContaining({
      id: 'secret-in-file',
      why: expect.stringContaining('whoever pulls the image has it'),
    }),
  ]);
});

it('forgets what a later layer takes away, where only the container matters', async () => {
  expect(await audit([[{ path: 'bin/su', mode: 0o4755 }], [{ path: 'bin/.wh.su' }]])).toEqual([]);
  expect(await audit([[{ path: 'bin/su', mode: 0o4755 }], [{ path: 'bin/su', mode: 0o755 }]])).toEqual([]);
  expect(await audit([[{ path: 'bin/su', mode: 0o4755 }], [{ path: 'bin/.wh..wh..opq' }]])).toEqual([]);
});

it('obeys no comment that would switch it off', async () => {
  const content = `// secretlint-disable\nconst x = "${tokens.github}";\n`;
  expect(await audit([[{ path: 'app/x.js', content }]])).toHaveLength(1);
});

it('takes a login in a URL of a file for an example, perhaps', async () => {
  expect(await audit([[{ path: 'README.md', content: 'See https://me:hunter2x@example.com/x\n' }]])).toEqual([
    expect.objectContaining({ id: 'login-in-url', severity: 'medium' }),
  ]);
});

it.each<[string, Parameters<typeof audit>[1], object]>([
  ['no user', { config: { User: '' } }, { id: 'user-missing', severity: 'high' }],
  ['root', { config: { User: '0:0' } }, { id: 'user-root', severity: 'high' }],
  ['root by name', { config: { User: 'root' } }, { id: 'user-root', severity: 'high' }],
  ['a user by name', { config: { User: 'node' } }, { id: 'user-by-name', severity: 'low' }],
  ['the group of root', { config: { User: '1001:0' } }, { id: 'group-root', severity: 'low' }],
  ['no health check', { config: { Healthcheck: null } }, { id: 'health-missing', severity: 'low' }],
  ['a disabled health check', { config: { Healthcheck: { Test: ['NONE'] } } }, { id: 'health-missing' }],
  [
    'a password in the environment',
    { config: { Env: ['DB_PASSWORD=hunter2x'] } },
    { id: 'secret-in-env', severity: 'critical' },
  ],
  ['a token under a harmless name', { config: { Env: [`X=${tokens.github}`] } }, { id: 'secret-in-env' }],
  ['a login in a URL', { config: { Env: ['DB=postgres://me:hunter2x@db/x'] } }, { id: 'secret-in-env' }],
  ['a label', { config: { Labels: { 'com.example.token': 'Zx81kQ9vTr4m' } } }, { id: 'secret-in-label' }],
  [
    'a build argument',
    { history: [{ created_by: 'RUN |1 NPM_TOKEN=Zx81kQ9vTr4m /bin/sh -c npm ci # buildkit' }] },
    { id: 'secret-in-build-argument' },
  ],
  [
    'the default of a build argument',
    { history: [{ created_by: 'ARG API_KEY=Zx81kQ9vTr4m' }] },
    { id: 'secret-in-build-argument' },
  ],
  [
    'a command',
    { history: [{ created_by: `RUN /bin/sh -c curl -H "Authorization: ${tokens.github}" x # buildkit` }] },
    { id: 'secret-in-history' },
  ],
  [
    'an option of a command',
    { history: [{ created_by: 'RUN /bin/sh -c login --password hunter2x # buildkit' }] },
    { id: 'secret-in-history' },
  ],
])('finds in the configuration: %s', async (_, options, expected) => {
  const findings = await audit([[]], options);
  expect(findings).toEqual([expect.objectContaining({ layer: null, path: null, ...expected })]);
  for (const secret of [...Object.values(tokens), 'hunter2x', 'Zx81kQ9vTr4m'])
    expect(JSON.stringify(findings)).not.toContain(secret);
});

it.each([
  ['a file that holds it', 'DB_PASSWORD_FILE=/run/secrets/db'],
  ['a path', 'TOKEN=/run/secrets/token'],
  ['a variable', 'DB_PASSWORD=${FROM_ELSEWHERE}'],
  ['a word', 'AUTH=disabled'],
  ['a fingerprint', 'GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305'],
  ['a version', 'NODE_VERSION=22.1.0'],
])('takes no harmless setting for a secret: %s', async (_, setting) => {
  expect(await audit([[]], { config: { Env: [setting] } })).toEqual([]);
});

it('finds a secret in a command beside one in a build argument, and says each once', async () => {
  const run = `RUN |1 NPM_TOKEN=Zx81kQ9vTr4m /bin/sh -c curl -H "Authorization: ${tokens.github}" x # buildkit`;
  const history = [
    { created_by: 'ENV DB_PASSWORD=hunter2x' },
    { created_by: run },
    { created_by: 'RUN |1 NPM_TOKEN=Zx81kQ9vTr4m /bin/sh -c true # buildkit' },
  ];
  const findings = await audit([[], [], []], { history, config: { Env: ['DB_PASSWORD=hunter2x'] } });
  expect(findings.map(({ id }) => id)).toEqual([
    'secret-in-build-argument',
    'secret-in-env',
    'secret-in-history',
  ]);
});

it('finds a base without a digest, and is milder with its files', async () => {
  const facts = { base: { name: 'debian:13', digest: `sha256:${'a'.repeat(64)}` }, baseLayers: 1 };
  expect(await audit([[{ path: 'bin/su', mode: 0o4755, mtime: 1_900_000_000 }], []], {}, facts)).toEqual([
    expect.objectContaining({ id: 'base-unpinned', severity: 'low' }),
    expect.objectContaining({ id: 'setuid-file', severity: 'low' }),
  ]);
  const pinned = { base: { name: `debian@sha256:${'a'.repeat(64)}`, digest: null }, baseLayers: 1 };
  expect(await audit([[]], {}, pinned)).toEqual([]);
});

it('lists the first fifty of a kind, and counts the others', async () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ path: `x/${at}`, mode: 0o666 }));
  const findings = await audit([many]);
  expect(findings).toHaveLength(51);
  expect(findings.map(({ why }) => why)).toContain('10 more of this kind are not listed.');
});

it('gives the same sizes as the size check, out of the same pass', async () => {
  buildLayout(folder, [[{ path: 'app/x', content: 'x'.repeat(1000) }]], { config: good });
  const layout = openLayout(folder);
  const { analysis } = await auditImage(layout, layout.images[0]!, scratch);
  expect(analysis).toMatchObject({ files: 1, largest: [{ path: 'app/x', bytes: 1000, layer: 1 }] });
});

it('has a trigger for each of secretlint’s rules', () => {
  // A rule that is new in the preset needs an alternative in `trigger`, and an example in this file or a look at why not.
  const { rules } = jest.requireActual<{ rules: { meta: { id: string } }[] }>(
    '@secretlint/secretlint-rule-preset-recommend',
  );
  expect(rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', '')).sort()).toEqual(
    JSON.parse(readFileSync(join(__dirname, 'golden', 'known-rules.json'), 'utf8')),
  );
});
