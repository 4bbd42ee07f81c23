import { existsSync } from 'node:fs';
import { posix, join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { blobPath } from '../../packages/images/descriptor';
import { verifyBlob } from '../../packages/images/layout';
import { findDigest, push as pushScope, putManifest } from '../../packages/registry/manifests';
import {
  missingParts,
  pushImage,
  rootOf,
  type BlobOutcome,
  type ImageSource,
} from '../../packages/registry/push-image';
import { Registry } from '../../packages/registry/registry';
import { DigestRefusedError } from '../../packages/registry/upload';
import { megabytes } from '../../packages/report/megabytes';
import { failInOneLine, TargetError } from '../mistakes';
import { completeImage } from '../whole-layout';
import { writeWhole } from '../write-whole';
import { contentsOf } from './contents';
import { mountSources } from './mount-sources';
import { planPush, type PushPlan, type PushTarget } from './plan';
import { formatRepository, reportRepository, type PushReport, type RepositoryReport } from './report';
import type { PushExecutorSchema } from './schema.gen';
import { isVersionTag } from './tags';

/** Pushes the image of a project as it lies in its layout. Never cached: the registry is asked each time. Needs no engine. */
export default function push(
  options: PushExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const plan = await planPush(options, context);
    const registries = new Map<string, Registry>();
    for (const { registry } of plan.targets)
      registries.set(
        registry,
        registries.get(registry) ?? new Registry(registry, { insecure: plan.insecure }),
      );
    try {
      await pushEverywhere(plan, (name) => registries.get(name)!, context.root);
    } finally {
      for (const registry of registries.values()) registry.close();
    }
    return true;
  }, context.root);
}

/** All repositories are asked before the first byte is pushed: a version tag that cannot be had leaves no half of a release behind. */
async function pushEverywhere(plan: PushPlan, open: (name: string) => Registry, root: string): Promise<void> {
  // What the registry has already is not brought here first.
  const contents = contentsOf(plan.folder, plan.record.digest, (digest) =>
    completeImage(plan.folder, plan.record, { workspaceRoot: root, only: new Set([digest]) }),
  );
  const states = [];
  for (const target of plan.targets) states.push(await tagsToSet(open(target.registry), target, plan));
  if (plan.dryRun) {
    for (const [at, target] of plan.targets.entries())
      logger.log(await foresee(open(target.registry), target, contents, states[at]!));
    return;
  }
  const repositories: RepositoryReport[] = [];
  for (const [at, target] of plan.targets.entries()) {
    const source = { ...contents, mountFrom: mountSources(plan, target) };
    const report = await pushTo(open(target.registry), target, plan, source, states[at]!);
    logger.log(formatRepository(report));
    repositories.push(report);
  }
  const { project, digest, platforms } = plan.record;
  const report: PushReport = { schemaVersion: 1, project, digest, platforms, repositories };
  writeWhole(
    join(root, posix.join('dist/reports', plan.project.name, 'push.json')),
    `${JSON.stringify(report, null, 2)}\n`,
  );
}

/** The tags that do not name the image yet. @throws TargetError where a version tag names another one */
async function tagsToSet(registry: Registry, target: PushTarget, plan: PushPlan): Promise<readonly string[]> {
  const { digest } = plan.record;
  const toSet: string[] = [];
  for (const tag of target.tags) {
    const found = await findDigest(registry, target.repository, tag, pushScope(target.repository));
    if (found === digest) continue;
    if (found !== null && isVersionTag(tag))
      throw new TargetError(
        `${target.name}:${tag}: is ${found} already, and a version never moves to another image (${digest}). Release a new version.`,
      );
    toSet.push(tag);
  }
  return toSet;
}

async function pushTo(
  registry: Registry,
  target: PushTarget,
  plan: PushPlan,
  source: ImageSource,
  toSet: readonly string[],
): Promise<RepositoryReport> {
  const { repository, name } = target;
  const { digest } = plan.record;
  const blobs = await pushImage(registry, repository, source, logBlob).catch((error: unknown) =>
    explain(error, plan, source),
  );
  for (const tag of toSet) await putManifest(registry, repository, tag, rootOf(source));
  for (const tag of target.tags) {
    const found = await findDigest(registry, repository, tag, pushScope(repository));
    if (found !== digest)
      throw new TargetError(
        `${name}:${tag}: is ${found ?? 'missing'} after the push of ${digest}. Did somebody else push?`,
      );
  }
  return reportRepository(target, digest, toSet, blobs);
}

function logBlob({ digest, size, how, from }: BlobOutcome): void {
  if (how !== 'skipped') logger.log(`${how} ${digest} (${megabytes(size)})${from ? ` from ${from}` : ''}`);
}

/** Other bytes than expected arrived at the registry: it is the layout that is damaged, or it was the way. */
async function explain(error: unknown, { folder }: PushPlan, { blobs }: ImageSource): Promise<never> {
  if (error instanceof DigestRefusedError)
    for (const { digest } of blobs)
      if (existsSync(blobPath(folder, digest))) await verifyBlob(folder, digest);
  throw error;
}

async function foresee(
  registry: Registry,
  { repository, name, tags }: PushTarget,
  contents: Pick<ImageSource, 'manifests' | 'blobs'>,
  toSet: readonly string[],
): Promise<string> {
  const missing = await missingParts(registry, repository, contents);
  const blobs = contents.blobs.filter(({ digest }) => missing.blobs.has(digest));
  const bytes = megabytes(blobs.reduce((total, { size }) => total + size, 0));
  const state = (tag: string) => `:${tag}${toSet.includes(tag) ? '' : ' (there already)'}`;
  return [
    `Would push ${name}@${rootOf(contents).digest}`,
    `  tags: ${tags.map(state).join(' ')}`,
    `  blobs: ${blobs.length} to upload or mount (${bytes}), ${contents.blobs.length - blobs.length} there already`,
  ].join('\n');
}
