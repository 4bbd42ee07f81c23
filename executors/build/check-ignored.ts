import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isBuildOutput } from '../../packages/dockerfiles/build-output';
import { contextSources } from '../../packages/dockerfiles/context-sources';
import { parseIgnoreFile, type IgnoreMatcher } from '../../packages/dockerfiles/ignore-file';
import { run } from '../../packages/process/run';
import { TargetError } from '../mistakes';
import type { BuildPlan } from './plan';

/**
 * Nx does not see files that git ignores: where one is copied into the image, an edit of it would be a cache hit, and a secret in it would be shipped.
 * What builds write is another matter: it counts as an output of the target that wrote it.
 * @throws TargetError naming the first such file
 */
export async function checkIgnoredFiles(plan: BuildPlan): Promise<void> {
  if (plan.request.dryRun) return;
  const sources = contextSources(plan.dockerfile).filter(({ path }) => !isOutput(path, plan));
  const files = await listIgnored(
    plan,
    sources.map(({ path }) => path),
  );
  if (files.length === 0) return;
  const { file: ignoreFile, leavesOut } = ignoreFileOf(plan);
  for (const listed of files) {
    if (isOutput(listed, plan) || leavesOut(listed)) continue;
    const path = await culprit(plan, listed, leavesOut);
    if (path === undefined) continue;
    throw new TargetError(
      `${plan.request.dockerfileName}: copies ${posix.join(plan.context, path)}, which git ignores, so Nx would not see when it changes. Add ${path} to ${ignoreFile}, or take it out of .gitignore.`,
    );
  }
}

/** Git lists a folder that holds nothing but ignored files, too: what is named is what .gitignore says, and what the context has. */
async function culprit(
  plan: BuildPlan,
  listed: string,
  leavesOut: IgnoreMatcher,
): Promise<string | undefined> {
  if (!listed.endsWith('/')) return listed;
  const [first] = (await listIgnored(plan, [listed], { whole: false })).filter((path) => !leavesOut(path));
  if (first === undefined) return undefined;
  const args = ['check-ignore', '--quiet', '--no-index', listed];
  const { code } = await run({ file: 'git', args }, { cwd: join(plan.workspaceRoot, plan.context) });
  return code === 0 ? listed : first;
}

function isOutput(path: string, { context, project }: BuildPlan): boolean {
  const inWorkspace = posix.join(context, path);
  return isBuildOutput(inWorkspace, project.root);
}

/** Files below the sources that git or Nx is told to ignore, relative to the context; a folder that is ignored as a whole ends with a slash. */
async function listIgnored(
  { workspaceRoot, context }: BuildPlan,
  sources: readonly string[],
  { whole = true } = {},
): Promise<readonly string[]> {
  if (sources.length === 0 || !existsSync(join(workspaceRoot, '.git'))) return [];
  const folder = join(workspaceRoot, context);
  const nxIgnore = join(workspaceRoot, '.nxignore');
  const args = ['ls-files', '-z', '--cached', '--others', '--ignored', '--exclude-standard'];
  if (existsSync(nxIgnore)) args.push(`--exclude-from=${nxIgnore}`);
  if (whole) args.push('--directory');
  const pathspecs = sources.map((path) => (path === '.' ? '.' : `:(glob)${path.replace(/\/$/, '')}`));
  const below = sources.filter((path) => path !== '.').map((path) => `:(glob)${path.replace(/\/$/, '')}/**`);
  const { code, stdout } = await run(
    { file: 'git', args: [...args, '--', ...pathspecs, ...below] },
    { cwd: folder },
  );
  // Without git there is nothing that it ignores.
  return code === 0 ? stdout.split('\0').filter((path) => path !== '') : [];
}

/** Where Dockerfile.dockerignore is missing, BuildKit reads .dockerignore of the context. */
function ignoreFileOf({ workspaceRoot, context, request }: BuildPlan): {
  readonly file: string;
  readonly leavesOut: IgnoreMatcher;
} {
  const own = `${request.dockerfileName}.dockerignore`;
  const file = existsSync(join(workspaceRoot, own)) ? own : posix.join(context, '.dockerignore');
  const path = join(workspaceRoot, file);
  return { file, leavesOut: existsSync(path) ? parseIgnoreFile(readFileSync(path, 'utf8')) : () => false };
}
