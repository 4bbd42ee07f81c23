import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { baseImage } from '../../dockerfiles/base-image';
import { parseDockerfile, type Dockerfile } from '../../dockerfiles/parse-dockerfile';
import {
  DockerfileError,
  heredocContext,
  plainDockerfile,
  type PlainDockerfile,
} from '../../dockerfiles/plain-dockerfile';
import { canonicalReference } from '../../service/image-reference';
import { EngineError, type BuildRequest, type BuildResult } from '../engine';
import { amendConfig } from './amend-config';
import { buildArguments, type BuildFiles } from './build-arguments';
import { buildProblem } from './build-problem';
import type { PodmanCli } from './podman-cli';
import { podmanError } from './podman-problems';

/** Builds into podman's own store: it has no way to write a layout that keeps the health check. */
export async function podmanBuild(request: BuildRequest, cli: PodmanCli): Promise<BuildResult> {
  refuseUnknown(request);
  const text = readFileSync(request.dockerfile, 'utf8');
  const dockerfile = parseDockerfile(text);
  const name = request.dockerfileName ?? request.dockerfile;
  const plain = rewrite(text, request, name);
  const imageId = await withFiles(request, plain, async (files) => {
    const { code, signal, stdout, stderr } = await cli.run(
      buildArguments({ ...request, target: targetOf(request, plain) }, files),
      {
        output: request.progress === 'quiet' ? 'pipe' : 'both',
        dryRun: request.dryRun,
      },
    );
    if (signal || code === 130)
      throw new EngineError('The build was interrupted. Nothing half-built was kept.');
    if (code !== 0)
      throw new EngineError(buildProblem(`${stdout}\n${stderr}`, name, dockerfile, plain.addedStages));
    return request.dryRun ? '' : readFileSync(files.idFile, 'utf8').trim();
  });
  return {
    kind: 'archive',
    imageId,
    bases: request.dryRun ? {} : await basesOf(dockerfile, request, cli),
    amendConfig: (config) => amendConfig(config, dockerfile, request),
    save: () => saveImage(cli, imageId),
  };
}

/** What only BuildKit has. @throws EngineError */
function refuseUnknown({ builder, platforms, cacheFrom, cacheTo }: BuildRequest): void {
  const instead = 'Leave it out, or use the engine docker.';
  if (builder !== undefined)
    throw new EngineError(`builder: Podman has no builders such as ${builder}. ${instead}`);
  if (platforms.length > 1)
    throw new EngineError(
      `platforms: Podman builds one platform at a time, not ${platforms.join(' and ')}. Name one, or use the engine docker.`,
    );
  for (const [option, places] of Object.entries({ cacheFrom, cacheTo }))
    if (places.length > 0)
      throw new EngineError(
        `${option}: ${places[0]} is a cache of BuildKit, which Podman does not read. ${instead}`,
      );
}

function rewrite(text: string, { buildArgs }: BuildRequest, name: string): PlainDockerfile {
  try {
    return plainDockerfile(text, buildArgs);
  } catch (error) {
    if (error instanceof DockerfileError) throw new EngineError(`${name}:${error.line}: ${error.message}`);
    throw error;
  }
}

/** A stage may be named by its number. */
function targetOf({ target }: BuildRequest, { addedStages }: PlainDockerfile): string | undefined {
  return target !== undefined && /^\d+$/.test(target) ? String(Number(target) + addedStages) : target;
}

async function withFiles<T>(
  request: BuildRequest,
  { text, files }: PlainDockerfile,
  action: (files: BuildFiles) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'toolbox-build-'));
  try {
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, text);
    const heredocs = join(folder, 'heredocs');
    for (const [path, content] of files) writeFile(join(heredocs, path), content);
    return await action({
      dockerfile,
      ignoreFile: ignoreFileOf(request),
      contexts: files.size > 0 ? { [heredocContext]: heredocs } : {},
      idFile: join(folder, 'id'),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modes are part of the image: those that BuildKit gives, whatever this process's mask is. */
function writeFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o644);
}

/** Docker's rule: the file beside the Dockerfile comes before that of the context. */
function ignoreFileOf({ dockerfile, context }: BuildRequest): string | null {
  const candidates = [`${dockerfile}.dockerignore`, join(context, '.dockerignore')];
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** The digest of the base image in podman's store, which the build has just used. */
async function basesOf(
  dockerfile: Dockerfile,
  { target, buildArgs }: BuildRequest,
  cli: PodmanCli,
): Promise<Record<string, string>> {
  const name = baseImage(dockerfile, target, buildArgs) ?? 'scratch';
  if (name === 'scratch') return {};
  const tagged = name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`;
  const reference = canonicalReference(tagged);
  const { code, stdout } = await cli.run(['image', 'inspect', '--format', '{{.Digest}}', reference]);
  return code === 0 ? { [reference]: stdout.trim() } : {};
}

export function saveImage(cli: PodmanCli, imageId: string) {
  const { stdout, done } = cli.stream(['save', '--format', 'docker-archive', imageId]);
  return {
    stream: stdout,
    done: done.then(({ code, stderr }) => {
      if (code !== 0) throw podmanError('save the image', stderr);
    }),
  };
}
