import { packageName, scanImports } from './scan-imports';

const scan = (content: string, path = 'main.js') =>
  scanImports([{ path, content }]).map(({ name, need }) => `${name} ${need}`);

describe('scanImports', () => {
  test.each([
    ['import a from "x"', ['x static']],
    ["import'x';", ['x static']],
    ['import{a as b,c}from"@acme/lib/deep.js";import*as d from"y"', ['@acme/lib static', 'y static']],
    ['import a, { "b-c" as d } from "x" with { type: "json" }', ['x static']],
    [
      'export * from "x"; export * as n from "y"; export { a as default } from "z"',
      ['x static', 'y static', 'z static'],
    ],
    ['export const from = 1; export { from }; export default "x"', []],
    ['const from = "x"; import.meta.url; import("y")', ['y lazy']],
    ['var a = require("x"), b = __toESM(require("y"));', ['x static', 'y static']],
    [
      'module.exports = require("x"); require.resolve("y"); foo.require("z"); module.require("w")',
      ['w static', 'x static', 'y lazy'],
    ],
    ['function f() { return require("x") }', ['x lazy']],
    ['const f = () => require("x"); require("y")', ['x lazy', 'y static']],
    ['f(() => g(require("x")), require("y"))', ['x lazy', 'y static']],
    ['if (a) { require("x") }', ['x static']],
    ['try { require("x") } catch (e) { require("y") }', ['x optional', 'y static']],
    ['try{if(a){f(()=>{require("x")})}}catch{}', ['x optional']],
    ['var f = __esm({ "a.js"() { b = require("x"); } });', ['x lazy']],
    ['require(`x`); require(`y${z}`); import(name); require(a + "b")', ['x static']],
    ['function require(a) { return a("x") }', []],
  ])('%s', (text, expected) => expect(scan(text)).toEqual(expected));

  test.each([
    ['a comment', '// require("no")\n/* import "no" */ require("yes")'],
    ['a string', '\'require("no")\'; "it\\"s require(\'no\')"; require("yes")'],
    ['a template', '`require("no") ${`${f({a: 1})} import("no")`} require("no")`; require("yes")'],
    ['a regular expression', 'const a = /["\'`]/.test(b); require("yes")'],
    ['a class in a regular expression', 'a = [/[/"]/g, /\\//]; require("yes")'],
    ['a division', 'a = b / 2; c = d[0] / e(1) / "x"; require("yes")'],
    ['a condition before a regular expression', 'if (a) /"/.test(b); require("yes")'],
    ['a block before a regular expression', 'if (a) { b() } /"/.exec(c); require("yes")'],
    ['a return of a regular expression', 'function f() { return /`/ } require("yes")'],
    ['a division after an object', 'a = { b: 1 } / 2; c = "/"; require("yes")'],
    ['a hash-bang line', '#!/usr/bin/env node "\nrequire("yes")'],
    ['an escaped line end', '"a\\\n require(\'no\')"; require("yes")'],
  ])('reads over %s', (_, text) => expect(scan(text)).toEqual(['yes static']));

  it('leaves out builtins, files, URLs and internal names', () => {
    const text = [
      'fs',
      'fs/promises',
      'node:test',
      './a',
      '../b',
      '/c',
      '#d',
      'https://x/y.js',
      'C:\\e',
      '.',
      '@acme',
    ]
      .map((name) => `require(${JSON.stringify(name)});`)
      .join('');
    expect(scan(text)).toEqual([]);
  });

  it('leaves out what the loader of unbundled output maps itself', () => {
    const loader =
      'const manifest = [{"module":"@acme/lib","exactMatch":"libs/lib/src/index.js"},{"module":"@acme/util/*","pattern":"libs/util/src/*.ts"}];\nModule._resolveFilename = f;';
    const files = [
      { path: 'main.js', content: loader },
      {
        path: 'apps/api/main.js',
        content: 'require("@acme/lib"); require("@acme/util/a"); require("@acme/lib/other")',
      },
    ];
    expect(scanImports(files).map(({ name, file }) => [name, file])).toEqual([
      ['@acme/lib', 'apps/api/main.js'],
    ]);
  });

  it('names the line', () => {
    expect(scanImports([{ path: 'a.mjs', content: '\n\nimport "x"' }])).toEqual([
      { name: 'x', file: 'a.mjs', line: 3, need: 'static' },
    ]);
  });

  it('reads JavaScript only', () => expect(scan('require("x")', 'data.json')).toEqual([]));
});

test.each([
  ['express', 'express'],
  ['express/lib/router', 'express'],
  ['@nestjs/core/x', '@nestjs/core'],
  ['string_decoder/', 'string_decoder'],
  ['node:fs', null],
  ['@scope', null],
])('packageName(%s)', (specifier, name) => expect(packageName(specifier)).toBe(name));
