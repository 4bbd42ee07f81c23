import fc from 'fast-check';
import { stringify } from 'yaml';
import { DescriptionError } from './description-error';
import { serviceDescriptions } from './fixture-arbitraries';
import { parseServiceDescription } from './parse';

const file = 'apps/api/toolbox.yaml';
const start = 'Start with runtime: node';

/** The lines of the error that a text gives, without the name of the file. */
function problemsOf(text: string): readonly string[] {
  try {
    parseServiceDescription(text, file);
  } catch (error) {
    if (!(error instanceof DescriptionError)) throw error;
    return error.message.split('\n').map((line) => {
      expect(line.startsWith(file)).toBe(true);
      return line.slice(file.length);
    });
  }
  return [];
}

describe('parseServiceDescription', () => {
  test('reads every kind of value', () => {
    const text = [
      '# a comment',
      'runtime: node',
      'version: 24',
      'health: { live: /health, ready: tcp, start: 30s }',
      'resources: { cpu: 0.5, memory: 512Mi..1Gi }',
      'build: { target: null }',
      'env: { staging: { scale: { min: 1 } } }',
    ].join('\n');
    expect(parseServiceDescription(text, file)).toEqual({
      runtime: 'node',
      version: 24,
      health: { live: '/health', ready: 'tcp', start: '30s' },
      resources: { cpu: 0.5, memory: '512Mi..1Gi' },
      build: { target: null },
      env: { staging: { scale: { min: 1 } } },
    });
  });

  test('takes a byte order mark and Windows line ends', () => {
    expect(parseServiceDescription('\uFEFFruntime: node\r\nport: 1\r\n', file)).toEqual({
      runtime: 'node',
      port: 1,
    });
  });

  test.each<[string, string, string[]]>([
    ['an empty file', '', [`: is empty. ${start}`]],
    ['only comments', '# nothing\n', [`: is empty. ${start}`]],
    ['a list', '- runtime\n', [`:1: is not a map. ${start}`]],
    ['a word', 'node\n', [`:1: is not a map. ${start}`]],
    [
      'a key twice',
      'runtime: node\nport: 1\nport: 2\n',
      [':3: port stands here for the second time. Keep one of the two'],
    ],
    ['two documents', 'runtime: node\n---\nport: 1\n', [':2: a second document starts here. Keep one']],
    ['a tag', 'runtime: !!js/function x\n', [':1: a YAML tag has no meaning here. Remove it']],
    ['no runtime', 'port: 1\n', [':1: runtime is missing']],
    ['a misspelt key', 'runtime: node\nprot: 1\n', [':2: prot is not a key. Did you mean port?']],
    [
      'a misspelt inner key',
      'runtime: node\nhealth:\n  love: /\n',
      [':3: health: love is not a key. Did you mean live?'],
    ],
    [
      'a foreign inner key',
      'runtime: node\nscale: { colour: 1 }\n',
      [':2: scale: colour is not a key. Use min, max, cpu or memory.'],
    ],
    ['a port out of range', 'runtime: node\nport: 70000\n', [':2: port: 70000 is not in 1–65535']],
    ['port 0', 'runtime: node\nport: 0\n', [':2: port: 0 is not in 1–65535']],
    ['a port with a fraction', 'runtime: node\nport: 80.5\n', [':2: port: 80.5 is not a whole number']],
    ['a port as a text', 'runtime: node\nport: "80"\n', [':2: port: "80" is not a whole number']],
    ['root', 'runtime: node\nuid: 0\n', [':2: uid: 0 is not in 1001–65533']],
    ['a system user', 'runtime: node\ngid: 1000\n', [':2: gid: 1000 is not in 1001–65533']],
    [
      'a key without a value',
      'runtime: node\nport:\n',
      [':2: port: is empty. Give it a value or remove the key'],
    ],
    [
      'a map without keys',
      'runtime: node\nscale: {}\n',
      [':2: scale: is empty. Give it a value or remove the key'],
    ],
    [
      'a misspelt choice',
      'runtime: node\nbase: alpin\n',
      [':2: base: "alpin" is not alpine, slim or distroless. Did you mean alpine?'],
    ],
    ['a foreign choice', 'runtime: node\nbase: ubi\n', [':2: base: "ubi" is not alpine, slim or distroless']],
    [
      'a foreign item',
      'runtime: node\nuses:\n  - redis\n  - mysql\n',
      [':4: uses[1]: "mysql" is not postgres or redis'],
    ],
    ['an item twice', 'runtime: node\nuses: [redis, redis]\n', [':2: uses: "redis" is named twice']],
    ['a map for a list', 'runtime: node\ncalls: { a: 1 }\n', [':2: calls: a map is not a list']],
    ['a list for a text', 'runtime: [node]\n', [':1: runtime: a list is not a text']],
    [
      'a relative health path',
      'runtime: node\nhealth: { live: health }\n',
      [':2: health.live: "health" is neither a path that starts with / nor the word tcp'],
    ],
    [
      'a time',
      'runtime: node\nhealth: { start: soon }\n',
      [':2: health.start: "soon" is not a time such as 30s or 2m, at most an hour'],
    ],
    [
      'a budget',
      'runtime: node\nbudget: small\n',
      [':2: budget: "small" is not a size such as 200MB or 180MiB, or a map with uncompressed or compressed'],
    ],
    [
      'two budgets',
      'runtime: node\nbudget: { compressed: 1MB, uncompressed: 2MB }\n',
      [':2: budget: has more than 1 key'],
    ],
    [
      'a quantity',
      'runtime: node\nresources: { memory: 512MB }\n',
      [':2: resources.memory: "512MB" is not a memory quantity or range such as 512Mi or 512Mi..1Gi'],
    ],
    [
      'a request over its limit',
      'runtime: node\nresources: { cpu: 2..500m }\n',
      [':2: resources.cpu: the request 2 is more than the limit 500m'],
    ],
    [
      'nothing at all',
      'runtime: node\nresources: { cpu: "0..0" }\n',
      [':2: resources.cpu: the limit 0 is nothing'],
    ],
    [
      'a part of a thousandth',
      'runtime: node\nresources: { cpu: 1e-7 }\n',
      [':2: resources.cpu: 1e-7 is finer than a thousandth, 0.001'],
    ],
    [
      'fewest over most',
      'runtime: node\nscale:\n  min: 5\n  max: 2\n',
      [':3: scale.min: 5 is more than max, which is 2'],
    ],
    [
      'a relative writable path',
      'runtime: node\nwrites: [tmp]\n',
      [':2: writes[0]: "tmp" is not an absolute path in the container such as /tmp'],
    ],
    [
      'the whole root',
      'runtime: node\nwrites: [/tmp, /]\n',
      [':2: writes[1]: / stays read-only as a whole. Name a folder in it'],
    ],
    [
      'a program folder by a detour',
      'runtime: node\nwrites: [/tmp/../usr/lib]\n',
      [':2: writes[0]: /tmp/../usr/lib lies in /usr, which stays read-only'],
    ],
    [
      'mount options in a path',
      'runtime: node\nwrites: ["/tmp:exec"]\n',
      [':2: writes[0]: "/tmp:exec" is not an absolute path in the container such as /tmp'],
    ],
    [
      'an output outside',
      'runtime: node\nbuild: { output: dist/../../x }\n',
      [':2: build.output: dist/../../x leaves the workspace'],
    ],
    [
      'an absolute output',
      'runtime: node\nbuild: { output: /dist }\n',
      [':2: build.output: /dist is absolute. Use a path relative to the workspace'],
    ],
    [
      'a drive',
      'runtime: node\nbuild: { output: "C:/dist" }\n',
      [':2: build.output: C:/dist is absolute. Use a path relative to the workspace'],
    ],
    [
      'backslashes',
      "runtime: node\nbuild: { output: 'dist\\api' }\n",
      [':2: build.output: dist\\api has a backslash. Use / between folders'],
    ],
    [
      'a glob',
      'runtime: node\nbuild: { output: "dist/*" }\n',
      [':2: build.output: dist/* has a character that no path may have here'],
    ],
    [
      'a main file outside',
      'runtime: node\nbuild: { main: ../main.js }\n',
      [':2: build.main: ../main.js leaves build.output'],
    ],
    [
      'a secret among the settings',
      'runtime: node\nsettings:\n  A: 1\n  DB_PASSWORD: x\n',
      [':4: settings.DB_PASSWORD: is a secret by its name. Name it under secrets instead'],
    ],
    [
      'a setting of two lines',
      'runtime: node\nsettings: { A: "x\\ny" }\n',
      [':2: settings.A: "x\\ny" is not a text of one line, a number, true or false'],
    ],
    [
      'a setting without a name',
      'runtime: node\nsettings: { "A B": 1 }\n',
      [':2: settings: "A B" is not the name of an environment variable'],
    ],
    [
      'what cannot differ',
      'runtime: node\nenv:\n  staging:\n    port: 1\n',
      [':4: env.staging: port is not a key. Use expose, resources, scale, settings, secrets or slo.'],
    ],
    [
      'an environment that contradicts',
      'runtime: node\nscale: { min: 5 }\nenv:\n  staging: { scale: { max: 2 } }\n',
      [':4: env.staging.scale.min: 5 is more than max, which is 2'],
    ],
    [
      'a path without a host',
      'runtime: node\nenv: { staging: { expose: { path: / } } }\n',
      [':2: env.staging.expose: host is missing'],
    ],
    [
      'an image with a tag',
      'runtime: node\nimage: { repository: "acme/api:dev" }\n',
      [
        ':2: image.repository: "acme/api:dev" is not an image name without tag such as registry.example.com/acme/api',
      ],
    ],
    [
      'a long value',
      `runtime: node\nversion: ${'x'.repeat(200)}\n`,
      [`:2: version: "${'x'.repeat(76)}… is not a version such as 24`],
    ],
  ])('%s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('broken YAML is told with its line', () => {
    expect(problemsOf('runtime: node\nuses: [redis\nport: 1\n')[0]).toMatch(/^:[23]: is not valid YAML: /);
    expect(problemsOf('runtime: node\n\tport: 1\n')[0]).toMatch(/^:2: is not valid YAML: /);
    expect(problemsOf('runtime: *nothing\n')[0]).toMatch(/^: is not valid YAML: Unresolved alias/);
  });

  test('aliases that unfold without end are refused', () => {
    const levels = 'abcdefghij'.split('').map((name, i, all) => {
      const item = i === 0 ? 'x' : `*${all[i - 1]}`;
      return `${name}: &${name} [${Array(10).fill(item).join(', ')}]`;
    });
    expect(problemsOf(levels.join('\n'))[0]).toMatch(/^: is not valid YAML: Excessive alias count/);
  });

  test('an environment does not repeat what is wrong in the service itself', () => {
    expect(
      problemsOf('runtime: node\nscale: { min: 3, max: 2 }\nenv: { staging: { settings: { A: 1 } } }\n'),
    ).toEqual([':2: scale.min: 3 is more than max, which is 2']);
  });

  test('every problem is told, in the order of the lines', () => {
    expect(problemsOf('prot: 1\nuid: 0\nbase: x\n')).toEqual([
      ':1: runtime is missing',
      ':1: prot is not a key. Did you mean port?',
      ':2: uid: 0 is not in 1001–65533',
      ':3: base: "x" is not alpine, slim or distroless',
    ]);
  });

  test('any valid description is read as it was written', () => {
    fc.assert(
      fc.property(serviceDescriptions, (description) => {
        const plain = JSON.parse(JSON.stringify(description));
        expect(parseServiceDescription(stringify(plain), file)).toEqual(plain);
      }),
    );
  });

  test('no text does worse than a DescriptionError', () => {
    const keys = fc.constantFrom(
      'runtime',
      'port',
      'health',
      'env',
      'settings',
      '__proto__',
      'constructor',
      'x',
    );
    const values = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constantFrom('{}', '[]', '{ __proto__: { a: 1 } }', '&a *a', '<<: 1'),
    );
    const lines = fc.array(fc.tuple(keys, values).map(([key, value]) => `${key}: ${value}`));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          lines.map((all) => all.join('\n')),
        ),
        (text) => {
          problemsOf(text);
        },
      ),
    );
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});
