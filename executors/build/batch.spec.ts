import type { TaskGraph } from '@nx/devkit';
import { FixtureWorkspace } from '../fixture-workspace';
import buildBatch, { type TaskResult } from './batch';
import build from './executor';
import type { BuildExecutorSchema } from './schema.gen';

jest.mock('./executor');
const single = jest.mocked(build);

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace();
});
afterEach(() => {
  jest.resetAllMocks();
  workspace.remove();
});

/** A graph as Nx hands it over: `dependencies` name tasks of the batch and others. */
function graphOf(dependencies: Record<string, unknown[]>): TaskGraph {
  const tasks = Object.keys(dependencies).map((id) => {
    const [project, target] = id.split(':');
    return [id, { id, target: { project, target }, overrides: {}, outputs: [], parallelism: true }];
  });
  return {
    roots: [],
    tasks: Object.fromEntries(tasks) as TaskGraph['tasks'],
    dependencies,
  } as unknown as TaskGraph;
}

async function batch(
  dependencies: Record<string, unknown[]>,
  options: Record<string, BuildExecutorSchema> = {},
): Promise<Record<string, TaskResult>> {
  const results: Record<string, TaskResult> = {};
  for await (const { task, result } of buildBatch(graphOf(dependencies), options, {}, workspace.context))
    results[task] = result;
  return results;
}

it('builds each image with its own options, as the single task does', async () => {
  single.mockResolvedValue({ success: true });
  const results = await batch(
    { 'api:image': [], 'web:image': [] },
    { 'api:image': { tag: 'one' }, 'web:image': { progress: 'tty' } },
  );
  expect(Object.values(results)).toEqual([
    expect.objectContaining({ success: true, status: 'success' }),
    expect.objectContaining({ success: true, status: 'success' }),
  ]);
  const calls = single.mock.calls.map(([options, { projectName, targetName }]) => [
    projectName,
    targetName,
    options.tag,
    options.progress,
  ]);
  expect(calls).toEqual([
    ['api', 'image', 'one', undefined],
    ['web', 'image', undefined, 'plain'],
  ]);
});

it('keeps the logs apart, and fails only what fails', async () => {
  single.mockImplementation(async (_, { projectName }) => {
    process.stdout.write(`${projectName} begins\n`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.stderr.write(`${projectName} goes on\n`);
    if (projectName === 'bug') throw new Error('a bug');
    return { success: projectName !== 'web' };
  });
  const results = await batch({ 'api:image': [], 'web:image': [], 'bug:image': [] });
  expect(results['api:image']).toMatchObject({ success: true, terminalOutput: 'api begins\napi goes on\n' });
  expect(results['web:image']).toMatchObject({ success: false, terminalOutput: 'web begins\nweb goes on\n' });
  expect(results['bug:image']).toMatchObject({ success: false, status: 'failure' });
  expect(results['bug:image']!.terminalOutput).toMatch(/^bug begins\nbug goes on\nError: a bug\n {4}at /);
});

// An id before Nx 23, an edge since.
it.each([['base:image'], [{ id: 'base:image' }]])('skips what depends on a failure (%j)', async (edge) => {
  single.mockImplementation((_, { projectName }) => Promise.resolve({ success: projectName !== 'base' }));
  const results = await batch({ 'api:image': [edge, 'api:build'], 'base:image': [], 'web:image': [] });
  expect(results['api:image']).toMatchObject({
    success: false,
    status: 'skipped',
    terminalOutput: 'Not built, because base:image failed.\n',
  });
  expect(results['web:image']).toMatchObject({ success: true });
  expect(single).toHaveBeenCalledTimes(2);
});
