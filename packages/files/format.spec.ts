import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { formatContent } from './format';
import type { RenderedFile } from './types';

const file = (path: string, content: string): RenderedFile => ({ path, content, ownership: 'generated' });

/** Stands in for prettier: says which options it got. The real one needs `import()`, which jest's sandbox does not have. */
const standIn = `
exports.getFileInfo = async (path, { ignorePath }) => ({
  ignored: require('fs').existsSync(ignorePath) && require('fs').readFileSync(ignorePath, 'utf8').includes(require('path').basename(path)),
  inferredParser: path.endsWith('.yml') ? 'yaml' : null,
});
exports.resolveConfig = async () => ({ singleQuote: true, endOfLine: 'crlf' });
exports.format = async (source, options) => {
  if (source === 'broken') throw new Error('does not parse');
  return [options.parser, options.singleQuote, options.endOfLine, source].join(' ');
};`;

describe('formatContent', () => {
  let root: string;
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'toolbox-format-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('leaves the text as it is where the workspace has no prettier', async () => {
    expect(await formatContent(root, file('a.yml', 'a:   1\n'))).toBe('a:   1\n');
  });

  describe("with the workspace's prettier", () => {
    beforeEach(() => put('node_modules/prettier/index.js', standIn));

    it("uses the user's options, with line ends that the lock can compare", async () => {
      expect(await formatContent(root, file('a.yml', 'x'))).toBe('yaml true lf x');
    });

    it.each([
      ['a kind of file that prettier does not know', 'Dockerfile', 'FROM x\n'],
      ['an ignored file', 'ignored.yml', 'x'],
      ['text that prettier cannot read', 'a.yml', 'broken'],
    ])('leaves %s as it is', async (_, path, content) => {
      put('.prettierignore', 'ignored.yml\n');
      expect(await formatContent(root, file(path, content))).toBe(content);
    });

    it('is not stopped by a prettier that does not load', async () => {
      put('node_modules/prettier/index.js', 'throw new Error("broken")');
      expect(await formatContent(root, file('a.yml', 'x'))).toBe('x');
    });
  });

  it('formats with the real prettier and its configuration', () => {
    put('.prettierrc', '{ "singleQuote": true, "tabWidth": 4 }');
    put('.prettierignore', 'skipped.yml\n');
    const prettier = dirname(require.resolve('prettier/package.json'));
    put('node_modules/prettier/package.json', '{ "main": "index.js" }');
    put('node_modules/prettier/index.js', `module.exports = require(${JSON.stringify(prettier)});`);
    const out = execFileSync(process.execPath, ['-e', runOutsideJest(root)], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(JSON.parse(out)).toEqual(["a:\n    - 'on'\n", 'a:\n  - "on"\n', '{ "a": 1 }\n']);
  });
});

/** A program for a plain node that formats three files of the workspace. */
function runOutsideJest(root: string): string {
  const source = readFileSync(join(__dirname, 'format.ts'), 'utf8');
  return `${transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } }).outputText}
    const format = (path, content) => formatContent(${JSON.stringify(root)}, { path, content, ownership: 'generated' });
    Promise.all([format('a.yml', 'a:\\n  - "on"\\n'), format('skipped.yml', 'a:\\n  - "on"\\n'), format('a.json', '{"a":1}')])
      .then((texts) => process.stdout.write(JSON.stringify(texts)));`;
}
