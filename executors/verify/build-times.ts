import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from '../../packages/process/run';
import type { Stack } from '../../packages/service/types';
import { TargetError } from '../mistakes';
import { stackFile } from './expected';
import { judged, type CheckId, type CheckResult } from './result';

/** A service with its target that builds an image, if it has one. */
export interface Buildable {
  readonly name: string;
  readonly target: string | undefined;
}

/** How a build ended: seconds that it took, and the last line of its output where it failed. */
export interface BuildRun {
  readonly seconds: number;
  readonly problem: string | null;
}

/** Builds one image as a user would. @param isCold without any cache, Nx's and the engine's */
export type Build = (project: string, target: string, isCold: boolean) => Promise<BuildRun>;

/** Builds last their limit and this factor at most: then the verdict is clear. */
const patience = 2;

/** One after the other, so that none takes the time of another: first all without any cache, then again. */
export async function measureBuilds(
  services: readonly Buildable[],
  limits: Stack['buildLimits'],
  buildWithin: (seconds: number) => Build,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [check, limit] of [
    ['build-cold', limits.cold] as const,
    ['build-cached', limits.cached] as const,
  ]) {
    if (limit === null) continue;
    const build = buildWithin(limit * patience);
    for (const { name, target } of services)
      if (target !== undefined)
        results.push(judge(check, name, limit, await build(name, target, check === 'build-cold')));
  }
  return results;
}

function judge(check: CheckId, name: string, limit: number, { seconds, problem }: BuildRun): CheckResult {
  const found = problem ?? `${seconds.toFixed(1)} s`;
  const fix =
    problem === null
      ? `See what takes the time: nx docker-build ${name} --progress=plain; or raise verify.build in ${stackFile}`
      : `See: nx docker-build ${name}`;
  return judged(check, name, `at most ${limit} s`, found, problem === null && seconds <= limit, fix);
}

/** Builds with the workspace's own Nx, in a process of its own. @throws TargetError where the workspace has none */
export function nxBuild(root: string): (seconds: number) => Build {
  return (limit) => async (project, target, isCold) => {
    const args = [
      nxProgram(root),
      'run',
      `${project}:${target}`,
      ...(isCold ? ['--skipNxCache', '--noCache'] : []),
    ];
    const began = Date.now();
    const { code, stdout, stderr, timedOut } = await run(
      { file: process.execPath, args },
      { cwd: root, timeoutMs: limit * 1000, env: { NX_TUI: 'false' } },
    );
    const seconds = (Date.now() - began) / 1000;
    if (timedOut) return { seconds, problem: `not built after ${seconds.toFixed(0)} s` };
    return { seconds, problem: code === 0 ? null : `the build failed: ${reasonIn(`${stdout}\n${stderr}`)}` };
  };
}

function nxProgram(root: string): string {
  const require = createRequire(join(root, 'package.json'));
  try {
    const manifest = require.resolve('nx/package.json');
    const { bin } = require(manifest) as { bin: string | Readonly<Record<string, string>> };
    return join(manifest, '..', typeof bin === 'string' ? bin : bin['nx']!);
  } catch {
    throw new TargetError(
      'verify: build: the workspace has no nx of its own. Install it, and run this again.',
    );
  }
}

/** The last line that is no frame of Nx's. */
function reasonIn(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' &&
        !/^(NX |Failed tasks|- |Hint|Run duration|Cache:|Critical path|Recoverable|>|✔|✖|Output of)/.test(
          line,
        ),
    );
  return lines.at(-1) ?? 'it gave no reason';
}
