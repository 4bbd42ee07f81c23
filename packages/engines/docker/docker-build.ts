import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunResult } from '../../process/types';
import { EngineError, type BuildRequest, type BuildResult, type EngineInfo } from '../engine';
import { buildArguments, layoutOutput } from './build-arguments';
import { buildProblem } from './build-problem';
import type { DockerCli } from './docker-cli';
import { dockerError, leastVersion } from './docker-problems';
import type { StoreMemory } from './store-memory';

export interface DockerBuildTools {
  readonly cli: DockerCli;
  readonly memory: StoreMemory;
  info(): Promise<EngineInfo>;
}

const unsupported = /OCI exporter (feature )?is (currently )?not supported/i;
const noDigest = 'Docker built the image but did not say its digest. Use buildx 0.13 or later.';

/**
 * Builds straight into the layout; only where the engine's store cannot write one, into that store. Which of the two it is, is not asked
 * before: each question costs a process, and a source edit should cost little more than BuildKit's own work.
 */
export async function dockerBuild(request: BuildRequest, tools: DockerBuildTools): Promise<BuildResult> {
  const named = request.builder !== undefined;
  if (!named && tools.memory.isClassic()) {
    if ((await tools.info()).store === 'classic') return buildIntoStore(request, tools);
    tools.memory.setClassic(false);
  }
  const existed = existsSync(request.layout);
  const built = await buildIntoLayout(request, tools.cli);
  if (built) return built;
  if (!existed) rmSync(request.layout, { recursive: true, force: true });
  if (named)
    throw new EngineError(
      `The builder ${request.builder} cannot write an OCI layout. Use one of the driver docker-container.`,
    );
  tools.memory.setClassic(true);
  return buildIntoStore(request, tools);
}

/** Null where the engine's store cannot write a layout. */
async function buildIntoLayout(request: BuildRequest, cli: DockerCli): Promise<BuildResult | null> {
  return withTemporaryFolder(async (folder) => {
    const metadata = join(folder, 'metadata.json');
    if (!request.dryRun) mkdirSync(request.layout, { recursive: true });
    const result = await runBuild(request, cli, layoutOutput(request.layout, metadata));
    if (result.code !== 0 && unsupported.test(result.stderr)) return null;
    throwWhereFailed(request, result);
    if (request.dryRun) return { kind: 'layout', digest: '', bases: {} };
    const { 'containerimage.digest': digest } = readJson(metadata);
    if (typeof digest !== 'string') throw new EngineError(noDigest);
    return { kind: 'layout', digest, bases: basesOf(result.stderr) };
  });
}

async function buildIntoStore(request: BuildRequest, { cli, info }: DockerBuildTools): Promise<BuildResult> {
  const { version } = await info();
  if (Number.parseInt(version, 10) < leastVersion)
    throw new EngineError(`Docker ${version} is too old. Install Docker Engine ${leastVersion} or later.`);
  if (request.platforms.length > 1)
    throw new EngineError(
      "Docker's classic image store holds one platform per image. Turn the containerd image store on, or name a builder of the driver docker-container.",
    );
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'id');
    const result = await runBuild(request, cli, ['--load', '--iidfile', file]);
    throwWhereFailed(request, result);
    const imageId = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (imageId === '' && !request.dryRun) throw new EngineError(noDigest);
    return { kind: 'archive', imageId, bases: basesOf(result.stderr), save: () => saveImage(cli, imageId) };
  });
}

export function saveImage(cli: DockerCli, image: string) {
  const { stdout, done } = cli.stream(['save', image]);
  return {
    stream: stdout,
    done: done.then(({ code, stderr }) => {
      if (code !== 0) throw dockerError('save the image', stderr);
    }),
  };
}

async function runBuild(
  request: BuildRequest,
  cli: DockerCli,
  output: readonly string[],
): Promise<RunResult> {
  return cli.buildx(buildArguments(request, output), {
    output: request.progress === 'quiet' ? 'pipe' : request.progress === 'tty' ? 'inherit' : 'both',
    dryRun: request.dryRun,
    // A build that outlives its task would write into the layout of the next one.
    sharesGroup: true,
  });
}

function throwWhereFailed(request: BuildRequest, result: RunResult): void {
  if (result.code === 0) return;
  if (result.signal || result.code === 130)
    throw new EngineError('The build was interrupted. Nothing half-built was kept.');
  const dockerfile = join(basename(dirname(request.dockerfile)), basename(request.dockerfile));
  throw new EngineError(buildProblem(result.stderr, request.dockerfileName ?? dockerfile));
}

/** `#6 [one 1/3] FROM docker.io/library/debian:13.2-slim@sha256:…` of BuildKit's progress. */
function basesOf(progress: string): Record<string, string> {
  const found = progress.matchAll(/^#\d+ \[.*?\] FROM (\S+)@(sha256:[0-9a-f]{64})/gm);
  return Object.fromEntries([...found].map(([, reference, digest]) => [reference!, digest!]));
}

function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new EngineError(noDigest);
  }
}

async function withTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'toolbox-build-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
