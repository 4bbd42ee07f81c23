import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { secretIn } from '../../packages/images/audit/secret-detection';
import type { ImageRecord } from '../../packages/images/image-record';
import { describeProvenance, writeProvenance, type ProvenanceBase } from '../../packages/images/provenance';
import type { GitSource } from '../../packages/process/git-source';
import { parseReference } from '../../packages/registry/reference';
import { RegistryError } from '../../packages/registry/registry-error';
import { canonicalReference } from '../../packages/service/image-reference';
import type { BuildPlan } from './plan';

/**
 * Writes beside image.json where the image came from. It is the truth about this build, of whichever commit that was: Nx keeps it with the image, so
 * after a cache hit at a later commit it still names the commit that the image was built at.
 * @param bases digests of the images that the engine started from, by their full reference
 */
export async function keepProvenance(
  plan: BuildPlan,
  record: ImageRecord,
  bases: Readonly<Record<string, string>>,
  source: GitSource | null,
): Promise<void> {
  const { request, context, folder } = plan;
  const { builder, invocation } = builderOf(process.env);
  const provenance = describeProvenance({
    name: (record.tags[0] ?? record.project).replace(/:[^:/]*$/, ''),
    digest: record.digest,
    parameters: {
      dockerfile: request.dockerfileName,
      context,
      ...(request.target === undefined ? {} : { target: request.target }),
      platforms: record.platforms,
      buildArgs: await withoutSecrets(request.buildArgs),
      // Their names only: which token a build was given is nobody's business.
      secrets: request.secrets.map(({ id }) => id),
    },
    internal: { sourceDateEpoch: request.sourceDateEpoch },
    source,
    dockerfile: {
      path: request.dockerfileName,
      sha256: createHash('sha256').update(readFileSync(request.dockerfile)).digest('hex'),
    },
    bases: basesOf(record, bases),
    builder,
    invocation,
  });
  writeProvenance(folder, provenance);
}

/** Values that look like secrets do not belong into build arguments; where one is there all the same, it is not repeated. */
async function withoutSecrets(args: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)))
    clean[name] = (await secretIn(name, value)) === null ? value : '***';
  return clean;
}

/** What the engine said, and the base of the final stage, which an engine may not have told of. */
function basesOf({ base }: ImageRecord, told: Readonly<Record<string, string>>): readonly ProvenanceBase[] {
  const digests = new Map<string, string | null>(Object.entries(told));
  const [own = ''] = base.name.split('@');
  const reference = canonicalReference(/:[^/]*$/.test(own) ? own : `${own}:latest`);
  if (own !== 'scratch' && !digests.has(reference)) digests.set(reference, base.digest);
  return [...digests]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, digest]) => {
      const parsed = parsedReference(name);
      return parsed === null ? [] : [{ ...parsed, digest }];
    });
}

/** A name with a variable that only the engine knows (TARGETARCH) is none that could be told. */
function parsedReference(name: string): Omit<ProvenanceBase, 'digest'> | null {
  try {
    const { registry, repository, tag } = parseReference(name);
    return { registry, repository, tag };
  } catch (error) {
    if (error instanceof RegistryError) return null;
    throw error;
  }
}

/** Who builds, as far as the environment tells: a claim that is worth as much as the key that signs it. */
export function builderOf(env: NodeJS.ProcessEnv): {
  readonly builder: string;
  readonly invocation: string | null;
} {
  if (env['GITHUB_ACTIONS'] === 'true') {
    const { GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '', GITHUB_RUN_ID: run } = env;
    return {
      builder: `${server}/actions/runner/${env['RUNNER_ENVIRONMENT'] ?? 'self-hosted'}`,
      invocation: run ? `${server}/${repository}/actions/runs/${run}` : null,
    };
  }
  if (env['GITLAB_CI'] === 'true')
    return {
      builder: `${env['CI_SERVER_URL'] ?? ''}/-/runners/${env['CI_RUNNER_ID'] ?? ''}`,
      invocation: env['CI_JOB_URL'] ?? null,
    };
  return { builder: 'urn:toolbox:builder:local', invocation: null };
}
