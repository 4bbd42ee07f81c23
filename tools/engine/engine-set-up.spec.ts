import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The set-up scripts are plain ES modules that run before `npm ci`: asked in a node of their own. */
function ask(file: string, expression: string, env: Record<string, string> = {}): unknown {
  const url = pathToFileURL(join(__dirname, file)).href;
  const code = `const m = await import(${JSON.stringify(url)}); console.log(JSON.stringify(${expression}));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    }),
  );
}

describe("the machine's apt configuration", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apt-mirror-'));
    mkdirSync(join(folder, 'sources.list.d'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const mirror = () => ask('apt-mirror.mjs', `m.aptMirror('bookworm', ${JSON.stringify(folder)})`);

  it('is read in the one-line form, with options and comments', () => {
    writeFileSync(
      join(folder, 'sources.list'),
      [
        '# deb http://commented.example/debian bookworm main',
        'deb-src http://source.example/debian bookworm main',
        'deb http://security.example/debian bookworm-security main',
        'deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian bookworm main contrib # ours',
      ].join('\n'),
    );
    expect(mirror()).toMatchObject({ uri: 'http://mirror.example/debian', signedBy: '/keys/a.gpg' });
  });

  it('is read in the deb822 form, without what is disabled or of another suite', () => {
    writeFileSync(
      join(folder, 'sources.list.d', 'debian.sources'),
      [
        'Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\n',
        'Types: deb\nURIs: http://other.example/debian\nSuites: trixie\nComponents: main\n',
        'Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /keys/b.gpg\n',
      ].join('\n'),
    );
    expect(mirror()).toMatchObject({ uri: 'http://mirror.example/debian', signedBy: '/keys/b.gpg' });
  });

  it('may name no mirror of the release', () => {
    writeFileSync(join(folder, 'sources.list'), 'deb http://vendor.example/apt stable main\n');
    expect(mirror()).toBeNull();
  });
});

it('reads the enabled controllers of version 1 control groups', () => {
  const text =
    '#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t4\t18\t1\nnet_cls\t0\t3\t0\npids\t8\t3\t1\n';
  expect(ask('cgroups.mjs', `m.enabledControllers(${JSON.stringify(text)})`)).toEqual(['memory', 'pids']);
});

it('refuses an unknown image store in one line, with the choices', () => {
  const result = ask('ensure.mjs', "await m.ensureEngine({ store: 'foo' })");
  expect(result).toMatchObject({
    dockerBin: null,
    why: 'Unknown image store "foo". Use containerd or classic.',
  });
});

it('tells the last word of a program that fails, and of one that is not there', () => {
  expect(ask('run.mjs', "m.tryRun('no-such-program', []).why")).toBe('no-such-program is not installed');
  expect(
    ask(
      'run.mjs',
      "m.tryRun(process.execPath, ['-e', 'console.error(\"E: first\\\\nlast\"); process.exit(3)']).why",
    ),
  ).toBe('E: first');
});

it('takes over a lock whose process is gone', () => {
  const cache = mkdtempSync(join(tmpdir(), 'engine-lock-'));
  try {
    mkdirSync(join(cache, 'toolbox-engine'));
    writeFileSync(join(cache, 'toolbox-engine', 'engine.lock'), '2147483646');
    expect(ask('lock.mjs', "await m.withLock('engine', () => 'done')", { XDG_CACHE_HOME: cache })).toBe(
      'done',
    );
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
