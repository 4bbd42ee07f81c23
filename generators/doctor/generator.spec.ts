import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceTree } from '../../packages/workspace/fixture-tree';
import type { Finding } from '../../packages/doctor/check';
import doctorGenerator, { UnwellError } from './generator';
import { formatFindings } from './report';

const path = process.env['PATH'];
let printed: string;
let folder: string;

beforeEach(() => {
  printed = '';
  folder = mkdtempSync(join(tmpdir(), 'toolbox-doctor-'));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  // Nothing is installed.
  process.env['PATH'] = '/nowhere';
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

it('fails on what must be mended, and changes nothing', async () => {
  const tree = workspaceTree();
  tree.root = folder;
  const before = tree.listChanges();
  await expect(doctorGenerator(tree, {})).rejects.toThrow(UnwellError);
  expect(tree.listChanges()).toEqual(before);
  expect(printed).toMatch(/PROBLEM +set-up +nx\.json does not have the plugin\.\n +Run: nx g toolbox:init/);
  expect(printed).toMatch(/PROBLEM +engine +Docker was not found\./);
});

it('prints JSON that a program can read', async () => {
  const tree = workspaceTree();
  tree.root = folder;
  tree.write(
    'nx.json',
    JSON.stringify({ plugins: ['toolbox'], sync: { globalGenerators: ['toolbox:sync'] } }),
  );
  tree.write('infrastructure/toolbox.yaml', 'name: acme\nregistry: registry.example.com/acme\n');
  await expect(doctorGenerator(tree, { json: true })).rejects.toThrow(/^To be mended: engine, buildx\.$/);
  const findings = JSON.parse(printed) as readonly Finding[];
  expect(findings.find(({ id }) => id === 'set-up')).toEqual({
    id: 'set-up',
    severity: 'ok',
    found: 'nx.json has the plugin and its sync generator',
    fix: null,
  });
  expect(findings.find(({ id }) => id === 'login')?.found).toContain('registry.example.com');
});

it('sets what to do below what is wrong', () => {
  const findings: readonly Finding[] = [
    { id: 'node', severity: 'ok', found: 'Node.js 22.1.0', fix: null },
    {
      id: 'cosign',
      severity: 'missing',
      found: 'There is no cosign on PATH.',
      fix: 'Needed by docker-sign.',
    },
  ];
  expect(formatFindings(findings)).toBe(
    [
      '',
      '  ok       node    Node.js 22.1.0',
      '  missing  cosign  There is no cosign on PATH.',
      '                   Needed by docker-sign.',
      '',
    ].join('\n'),
  );
});
