import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stackTree } from '../../packages/workspace/fixture-stack';
import composeGenerator from './generator';

const folder = 'infrastructure/docker/compose';

interface Finding {
  readonly filePath: string;
  readonly messages: readonly { readonly rule: string; readonly line: number }[];
}

/** What dclint says of some files; it holds them against the schema of Compose, too. */
function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'toolbox-dclint-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const program = join(require.resolve('dclint/package.json'), '../bin/dclint.cjs');
    const { stdout, stderr } = spawnSync(process.execPath, [program, '-r', '-f', 'json', folder], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const findings = JSON.parse(stdout) as Finding[];
    expect(findings).toHaveLength(Object.keys(files).length);
    return findings.flatMap(({ filePath, messages }) =>
      messages.map(({ rule, line }) => `${basename(filePath)}:${line}: ${rule}`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('dclint finds nothing', async () => {
  const tree = stackTree();
  await composeGenerator(tree, {});
  const files = Object.fromEntries(
    tree
      .children(folder)
      .filter((name) => name.startsWith('docker-compose'))
      .map((name) => [name, tree.read(`${folder}/${name}`, 'utf-8')!]),
  );
  expect(Object.keys(files)).toHaveLength(4);
  expect(lint(files)).toEqual([]);
  // Without this, a linter that is silent would pass.
  const broken = files['docker-compose.dev.yml']!.replace('pull_policy:', 'pull_polcy:');
  expect(lint({ 'docker-compose.yml': broken })).toEqual([expect.stringContaining('invalid-schema')]);
});
