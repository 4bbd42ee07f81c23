import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Copy, DockerfileParser } from 'dockerfile-ast';
import { minimatch } from 'minimatch';
import { createNodesFor } from './create-nodes';

/**
 * The main surface for correctness: Nx builds again exactly when a declared input changes. What can reach the image is found here independently (the
 * sources by dockerfile-ast, the ignore file line by line) and compared with what the inputs cover, file by file.
 */

const golden = join(__dirname, '../../runtimes/node/golden');
const read = (name: string) => readFileSync(join(golden, name), 'utf8');

interface Case {
  readonly name: string;
  readonly description: string | null;
  readonly dockerfile: string;
  readonly ignore: string;
}

const generated: Case[] = readdirSync(golden)
  .filter((name) => name.endsWith('.Dockerfile'))
  .map((name) => {
    const bundled = name.includes('.bundled.');
    return {
      name,
      description: `runtime: node\nbuild:\n  dependencies: ${bundled ? 'bundled' : 'pruned'}\n`,
      dockerfile: read(name),
      ignore: read(bundled ? 'bundled.dockerignore' : 'pruned.dockerignore'),
    };
  });

const handWritten: Case[] = [
  {
    name: 'service with a file of its own',
    description: 'runtime: node\n',
    dockerfile: 'FROM x\nCOPY dist/apps/api/ ./\nCOPY apps/api/config libs/*.json /etc/\n',
    ignore: '',
  },
  {
    name: 'JSON form and continuation',
    description: null,
    dockerfile: 'FROM x\nCOPY ["apps/api/a-b.txt", "/x"]\nCOPY \\\n  # why\n  apps/api/src \\\n  /src\n',
    ignore: '',
  },
  {
    name: 'workspace context, whole',
    description: null,
    dockerfile: 'FROM x\nCOPY apps/api/package.json ./\nCOPY . .\n',
    ignore: 'libs\ntools/\n',
  },
  {
    name: 'build output',
    description: null,
    dockerfile: 'FROM x AS y\nCOPY --from=y /apps/api/src /src\nCOPY dist/apps/api /app\n',
    ignore: '**/*.map\n',
  },
];

/** Workspace files, and files that targets write. */
const candidates = {
  files: [
    'README.md',
    'package.json',
    'apps/api/src/main.ts',
    'apps/api/README.md',
    'apps/api/a-b.txt',
    'apps/api/config/x/y.json',
    'apps/api/package.json',
    'libs/a.json',
    'libs/a/b.json',
    'libs/a/src/index.ts',
    'tools/t.js',
  ],
  outputs: [
    'dist/apps/api/main.js',
    'dist/apps/api/main.js.map',
    'dist/apps/api/types/x.d.ts',
    'dist/apps/api/assets/logo.svg',
    'dist/apps/web/main.js',
    'dist/deps/api/manifests/package.json',
    'dist/deps/api/files/libs/a/index.js',
    'dist/deps/web/manifests/package.json',
  ],
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-covered-'));
  process.env['NX_WORKSPACE_DATA_DIRECTORY'] = join(root, 'data');
});
afterEach(() => {
  delete process.env['NX_WORKSPACE_DATA_DIRECTORY'];
  rmSync(root, { recursive: true });
});

it.each([...generated, ...handWritten])('$name', async (subject) => {
  const inputs = await inputsOf(subject);
  const reaches = (file: string) =>
    sourcesOf(subject.dockerfile).some((source) => within(file, source)) && !ignored(file, subject.ignore);
  for (const kind of ['files', 'outputs'] as const) {
    const expected = candidates[kind].filter(reaches);
    expect({ [kind]: candidates[kind].filter((file) => covered(file, kind, inputs)) }).toEqual({
      [kind]: expected,
    });
  }
});

it('would notice a file that is not covered', async () => {
  const inputs = await inputsOf({ ...handWritten[0]!, dockerfile: 'FROM x\nCOPY dist/apps/api/ ./\n' });
  expect(covered('apps/api/config/x/y.json', 'files', inputs)).toBe(false);
});

async function inputsOf({ description, dockerfile, ignore }: Case): Promise<readonly unknown[]> {
  const project = join(root, 'apps/api');
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'project.json'), '{ "name": "api" }');
  writeFileSync(join(project, 'Dockerfile'), dockerfile);
  writeFileSync(join(project, 'Dockerfile.dockerignore'), ignore);
  if (description !== null) writeFileSync(join(project, 'toolbox.yaml'), description);
  const files = ['apps/api/Dockerfile', ...(description === null ? [] : ['apps/api/toolbox.yaml'])];
  const [result] = await createNodesFor(files, undefined, { workspaceRoot: root });
  return result![1].projects['apps/api']!.targets['docker-build']!.inputs!;
}

function covered(file: string, kind: keyof typeof candidates, inputs: readonly unknown[]): boolean {
  const patterns = inputs.flatMap((input) => {
    if (kind === 'files') return typeof input === 'string' ? [input] : [];
    const output = (input as { dependentTasksOutputFiles?: string }).dependentTasksOutputFiles;
    return output === undefined ? [] : [output];
  });
  const matches = (pattern: string) =>
    minimatch(file, pattern.replace('{workspaceRoot}/', '').replace('{projectRoot}', 'apps/api'));
  const refused = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) && !refused.some(matches);
}

function sourcesOf(dockerfile: string): string[] {
  return DockerfileParser.parse(dockerfile)
    .getInstructions()
    .filter((instruction): instruction is Copy => instruction instanceof Copy)
    .filter(
      (copy) => !copy.getFlags().some((flag) => flag.getName() === 'from') && copy.getHeredocs().length === 0,
    )
    .flatMap((copy) => {
      const json = copy.getJSONStrings().map((argument) => argument.getJSONValue());
      return (json.length > 0 ? json : copy.getArguments().map((argument) => argument.getValue())).slice(
        0,
        -1,
      );
    });
}

function within(file: string, source: string): boolean {
  const path = source.replace(/\/$/, '');
  return path === '.' || minimatch(file, path) || minimatch(file, `${path}/**`);
}

/** The last line that matches decides, as BuildKit reads ignore files. */
function ignored(file: string, ignore: string): boolean {
  let out = false;
  for (const line of ignore.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
    const pattern = line.replace(/^!/, '').replace(/\/$/, '');
    if (minimatch(file, pattern, { dot: true }) || minimatch(file, `${pattern}/**`, { dot: true }))
      out = !line.startsWith('!');
  }
  return out;
}
