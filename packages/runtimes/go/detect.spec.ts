import { projectOf, workspaceOf } from '../node/fixture-workspace';
import { detect } from './detect';

const program = (body: string) => `package main\n\nimport "net/http"\n\nfunc main() {\n\t${body}\n}\n`;
const goMod = 'module acme/api\n\ngo 1.25.0\n';
const withChi = `${goMod}\nrequire github.com/go-chi/chi/v5 v5.2.3\n`;
const found = (files: Readonly<Record<string, string>>, root = 'apps/api') =>
  detect(projectOf({}, { root }), workspaceOf(files));

describe('an existing Go project', () => {
  it('is a module of its own', () => {
    const source = program(
      'r.Get("/healthz", live)\n\tr.Get("/readyz", ready)\n\thttp.ListenAndServe(":8080", r)',
    );
    const detection = found({
      'apps/api/go.mod': withChi,
      'apps/api/go.sum': 'x',
      'apps/api/main.go': source,
    });
    expect(detection?.facts.detected).toEqual({
      port: 8080,
      live: { kind: 'http', path: '/healthz' },
      ready: { kind: 'http', path: '/readyz' },
      build: {
        target: null,
        output: 'apps/api',
        main: '.',
        dependencies: 'locked',
        lockfile: 'apps/api/go.sum',
      },
    });
    expect(detection?.fixedPort).toBe(true);
    expect(detection?.notes).toEqual([
      'Port 8080 is fixed in the source: "port" must stay 8080 until the app reads PORT from its environment.',
    ]);
  });

  it('is a program of a module that lies above it', () => {
    const files = { 'go.mod': goMod, 'cmd/api/main.go': program(''), 'cmd/worker/main.go': program('') };
    expect(found(files, 'cmd/api')?.facts.detected?.build).toEqual({
      target: null,
      output: '.',
      main: 'cmd/api',
      dependencies: 'locked',
      lockfile: 'go.mod',
    });
  });

  it('is copied with the modules that it replaces', () => {
    const files = {
      'services/api/go.mod': `${withChi}replace (\n\tacme/greet => ../greet // ours\n)\n`,
      'services/api/go.sum': 'x',
      'services/api/main.go': program(''),
    };
    expect(found(files, 'services/api')?.facts.detected?.build?.output).toBe('services');
  });

  it('is copied with its Go workspace', () => {
    const files = {
      'go.work': 'go 1.25\n\nuse (\n\t./apps/api\n\t./libs/greet\n)\n',
      'apps/api/go.mod': goMod,
      'apps/api/main.go': program(''),
    };
    expect(found(files)?.facts.detected?.build?.output).toBe('.');
    expect(found({ ...files, 'go.work': 'use ./libs/greet' })?.facts.detected?.build?.output).toBe(
      'apps/api',
    );
  });
});

it.each([
  ['os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "9000"\n\t}', { port: 9000 }],
  ['getEnv("PORT", "9000")', { port: 9000 }],
  ['os.Getenv("HTTP_PORT"); r.Run(":9000")', { port: 9000, settings: { HTTP_PORT: '9000' } }],
  ['app.Listen(":9000")', { port: 9000 }],
  ['fs.Int("port", 9000, "HTTP port"); http.ListenAndServe("localhost:9999", nil)', { port: 9000 }],
  ['flag.StringVarP(&port, "port", "p", "9000", "HTTP port")', { port: 9000 }],
  ['&http.Server{Addr: "0.0.0.0:9000"}', { port: 9000 }],
  ['os.Getenv("REDIS_PORT")', {}],
  ['// http.ListenAndServe(":9000", nil)', {}],
])('reads the port of %s', (body, expected) => {
  const detected = found({ 'apps/api/go.mod': goMod, 'apps/api/main.go': program(body) })!.facts.detected!;
  expect({ port: detected.port, settings: detected.settings }).toEqual({
    port: undefined,
    settings: undefined,
    ...expected,
  });
  expect(detected.live).toEqual({ kind: 'tcp' });
});

it('is the program that the description names, where there are several', () => {
  const files = {
    'go.mod': goMod,
    'cmd/api/main.go': program(''),
    'cmd/worker/main.go': program(''),
    'toolbox.yaml': 'runtime: go\nbuild:\n  main: ./cmd/worker\n',
  };
  expect(found(files, '.')?.facts.detected?.build).toMatchObject({ output: '.', main: 'cmd/worker' });
});

describe('what is no Go service', () => {
  it.each([
    ['no go.mod', { 'apps/api/main.go': program('') }],
    ['a module above a project in another language', { 'go.mod': goMod, 'apps/api/src/main.ts': '' }],
    ['a library', { 'apps/api/go.mod': goMod, 'apps/api/greet.go': 'package greet\n' }],
    [
      'a program of another module',
      { 'go.mod': goMod, 'apps/api/x/go.mod': goMod, 'apps/api/x/main.go': program('') },
    ],
  ])('%s', (_, files) => expect(found(files as unknown as Readonly<Record<string, string>>)).toBeNull());
});

describe('what cannot be built is one line', () => {
  const files = { 'apps/api/go.mod': goMod, 'apps/api/main.go': program('') };
  it.each([
    [
      { 'apps/api/go.mod': withChi },
      'apps/api/go.sum: it does not exist, and apps/api/go.mod has requirements. Run: go mod tidy',
    ],
    [
      { 'apps/api/go.mod': 'module x\ngo 1.27' },
      'apps/api/go.mod: go: 1.27 is newer than Go 1.26, which builds the image. Lower it to 1.26',
    ],
    [
      {
        'apps/api/main.go': '',
        'apps/api/cmd/a/main.go': program(''),
        'apps/api/cmd/b/main.go': program(''),
      },
      'apps/api: there are several programs: ./cmd/a, ./cmd/b. Set build.main in apps/api/toolbox.yaml to one of them',
    ],
  ])('%#', (changes, message) => {
    expect(() => found({ ...files, ...changes } as Readonly<Record<string, string>>)).toThrow(message);
  });
});

it.each([
  ['the project', 'module x', 'api'],
  ['the module', 'module example.com/shop/v2', 'shop'],
])('of several programs takes the one with the name of %s, and says so', (_, goModText, name) => {
  const detection = found({
    'apps/api/go.mod': `${goModText}\ngo 1.26\n`,
    'apps/api/cmd/a/main.go': program(''),
    [`apps/api/cmd/${name}/main.go`]: program(''),
  });
  expect(detection?.facts.detected?.build?.main).toBe(`cmd/${name}`);
  expect(detection?.notes).toContainEqual(
    `The module has several programs; ./cmd/${name} is built. Set build.main for another one.`,
  );
});

it('says what an image with nothing but the program cannot do', () => {
  const body = 'template.ParseGlob("templates/*.html")';
  const notes = found({
    'apps/api/go.mod': goMod,
    'apps/api/main.go': program(body).replace('import "net/http"', 'import "C"'),
  })!.notes;
  expect(notes).toContainEqual(expect.stringContaining('apps/api/main.go imports "C"'));
  expect(notes).toContainEqual(expect.stringContaining('take them in with go:embed'));
});
