import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { imageReference } from '../packages/images/catalogue';
import { freshWorkspace, type Workspace } from './workspace';

interface Report {
  readonly passed: boolean;
  readonly scanner: { readonly name: string } | null;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly path: string | null;
    readonly layer: string | null;
    readonly why: string;
    readonly state: string;
  }[];
}

/** Secrets of eight kinds, none of them real. Put together here, so that no scanner of this repository takes them for real. */
const canaries = {
  argument: 'Zx81kQ9vTr4mArgument',
  environment: 'Zx81kQ9vTr4mEnvironment',
  label: 'Zx81kQ9vTr4mLabel',
  history: ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_'),
  copied: ['ghp', '0123456789abcdefghijklmnopqrstuvwxyz'].join('_'),
  deleted: ['ghp', '9876543210abcdefghijklmnopqrstuvwxyz'].join('_'),
  npmrc: ['npm', 'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'].join('_'),
  git: 'hunter2canary',
};

const base = imageReference('alpine');

/** The app as it should not be built: every secret stays in the image. */
const leaking = `FROM ${base}
COPY apps/leak/git/ /app/.git/
ARG NPM_TOKEN
ENV DB_PASSWORD=${canaries.environment}
LABEL com.example.token=${canaries.label}
WORKDIR /app
COPY apps/leak/files/ ./
RUN test -n "$NPM_TOKEN" && echo "${canaries.history}" > /dev/null
RUN rm deleted.txt
USER 1001:1001
HEALTHCHECK CMD ["true"]
CMD ["true"]
`;

/** The same app with the same secrets where they belong: there for one command, in no layer. */
const right = `FROM ${base}
WORKDIR /app
COPY apps/right/files/ ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc grep -q canary=there /root/.npmrc
USER 1001:1001
HEALTHCHECK CMD ["true"]
CMD ["true"]
`;

/** What is found in an image that leaks, and in one that does not; what a scanner that fails means. In order, in one workspace. */
describe('docker-scan', () => {
  let workspace: Workspace;
  let programs: string;

  beforeAll(() => {
    workspace = freshWorkspace('scan');
    workspace.nxOk(['g', 'toolbox:init', '--no-interactive']);
    programs = mkdtempSync(join(tmpdir(), 'toolbox-e2e-scanners-'));
    project(
      'leak',
      leaking,
      { buildArgs: { NPM_TOKEN: canaries.argument } },
      {
        'config.js': `module.exports = { token: "${canaries.copied}" };\n`,
        'deleted.txt': `token: ${canaries.deleted}\n`,
        '.npmrc': `//registry.example.com/:_authToken=${canaries.npmrc}\n`,
      },
    );
    // git takes no folder named .git into a commit.
    workspace.write(
      'apps/leak/git/config',
      `[remote "origin"]\n\turl = https://me:${canaries.git}@example.com/x.git\n`,
    );
    project('right', right, { secrets: { npmrc: 'secret.npmrc' } }, { 'main.txt': 'hello\n' });
    workspace.commit('two apps');
  });
  afterAll(() => {
    workspace.remove();
    rmSync(programs, { recursive: true, force: true });
  });

  function project(
    name: string,
    dockerfile: string,
    options: object,
    files: Readonly<Record<string, string>>,
  ): void {
    workspace.write(
      `apps/${name}/project.json`,
      JSON.stringify({ name, targets: { 'docker-build': { options } } }),
    );
    workspace.write(`apps/${name}/Dockerfile`, dockerfile);
    for (const [path, text] of Object.entries(files)) workspace.write(`apps/${name}/files/${path}`, text);
  }
  const report = (name: string) => workspace.json<Report>(`dist/reports/${name}/scan.json`);
  /** A program in place of a scanner: how they fail is what is tested, and no database can be had here. */
  function scanner(name: string, script: string): NodeJS.ProcessEnv {
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
    return { PATH: `${programs}${delimiter}${process.env['PATH']}` };
  }

  it('finds the secrets that are planted in eight ways, and repeats none of them', () => {
    // On its own: BuildKit prints the commands that it runs, values and all.
    workspace.nxOk(['docker-build', 'leak']);
    const ran = workspace.nx(['docker-scan', 'leak', '--scanner=none', '--excludeTaskDependencies']);
    expect(ran.code).not.toBe(0);
    const { findings } = report('leak');
    const critical = findings.filter(({ severity }) => severity === 'critical');
    expect(critical.map(({ id, path }) => `${id} ${path ?? ''}`.trim()).sort()).toEqual([
      'secret-in-build-argument',
      'secret-in-env',
      'secret-in-file app/.git/config',
      'secret-in-file app/.npmrc',
      'secret-in-file app/config.js',
      'secret-in-file app/deleted.txt',
      'secret-in-history',
      'secret-in-label',
    ]);
    expect(critical.find(({ path }) => path === 'app/deleted.txt')?.why).toContain(
      'A later layer hides the file',
    );
    const written = [
      ran.output,
      workspace.read('dist/reports/leak/scan.json'),
      workspace.read('dist/reports/leak/scan.sarif'),
    ];
    for (const secret of Object.values(canaries)) expect(written.join('\n')).not.toContain(secret);
  });

  it('finds none of them in an image that is built with secret mounts', () => {
    workspace.write('secret.npmrc', `canary=there\n${Object.values(canaries).join('\n')}\n`);
    const output = workspace.nxOk(['docker-scan', 'right', '--scanner=none']);
    expect(output).toContain('Vulnerabilities were NOT scanned');
    expect(report('right')).toMatchObject({ passed: true, scanner: null });
    expect(report('right').findings.filter(({ id }) => /secret|login/.test(id))).toEqual([]);
  });

  it('never passes where no scanner is installed', () => {
    const ran = workspace.nx(['docker-scan', 'right', '--scanner=grype'], {
      PATH: `${programs}${delimiter}${process.env['PATH']}`,
    });
    expect(ran.code).not.toBe(0);
    expect(ran.output).toContain('grype is not installed (not on PATH)');
    expect(workspace.exists('dist/reports/right/scan.json')).toBe(false);
  });

  it.each([
    [
      'has no database',
      'echo "ERROR failed to load vulnerability db: database does not exist" >&2; exit 1',
      /grype: ended with 1: ERROR failed to load vulnerability db/,
    ],
    ['crashes', 'kill -SEGV $$', /grype: was ended by SIGSEGV/],
    ['hangs', 'sleep 100', /grype: had not ended after 1 s/],
    ['writes nothing', 'exit 0', /grype: wrote no report/],
    ['writes something else', 'echo hello', /grype: its report is not JSON/],
  ])('never passes where the scanner %s', (_, script, line) => {
    const ran = workspace.nx(
      ['docker-scan', 'right', '--scanner=grype', '--timeout=1'],
      scanner('grype', script),
    );
    expect(ran.code).not.toBe(0);
    expect(ran.output.split('\n').filter((text) => line.test(text))).toHaveLength(1);
    expect(ran.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  });

  it('lets an accepted finding pass until its day', () => {
    const accept = (expires: string) =>
      workspace.write(
        'apps/right/scan-ignore.yaml',
        `- { id: base-unpinned, reason: For the test., expires: ${expires} }\n`,
      );
    const scan = () => workspace.nx(['docker-scan', 'right', '--scanner=none', '--severity=low']);
    accept('2999-12-31');
    scan();
    expect(report('right').findings.find(({ id }) => id === 'base-unpinned')?.state).toBe('ignored');
    accept('2020-01-01');
    const ran = scan();
    expect(ran.code).not.toBe(0);
    expect(ran.output).toContain(
      'apps/right/scan-ignore.yaml: entry 1 (base-unpinned): expired on 2020-01-01',
    );
  });
});
