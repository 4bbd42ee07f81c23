import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { readHead } from '../../packages/process/git-head';
import type { TaskProject } from '../project-image';
import { usualPatterns, type TagFacts } from './tags';

/** Asks git and the project's package.json. */
export async function readTagFacts(
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>,
  project: TaskProject,
  recorded: readonly string[],
): Promise<TagFacts> {
  const head = await readHead(context.root);
  const branch = head && (head.branch ?? branchOfCi(process.env));
  return {
    project: project.name,
    packageVersion: packageVersion(join(context.root, project.root)),
    releasePatterns: [...configuredPatterns(context.nxJsonConfiguration), ...usualPatterns],
    head: head && { ...head, branch },
    recorded,
  };
}

/**
 * CI systems check a commit out, not a branch. The source branch of a pull request is not asked for: who opens one names it, and could call it
 * main.
 */
function branchOfCi(env: NodeJS.ProcessEnv): string | null {
  const github = env['GITHUB_REF_TYPE'] === 'branch' ? env['GITHUB_REF_NAME'] : undefined;
  return github || env['CI_COMMIT_BRANCH'] || null;
}

function packageVersion(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' && version !== '' ? version : null;
  } catch {
    return null;
  }
}

/** `release.releaseTag.pattern`, and `release.releaseTagPattern` as it was called before, of all projects and of groups. */
function configuredPatterns(nxJson: ExecutorContext['nxJsonConfiguration']): readonly string[] {
  type Tagged = { readonly releaseTagPattern?: string; readonly releaseTag?: { readonly pattern?: string } };
  const release = nxJson.release as
    (Tagged & { readonly groups?: Readonly<Record<string, Tagged>> }) | undefined;
  return [...Object.entries(release?.groups ?? {}), ['', release ?? {}] as const].flatMap(
    ([group, tagged]) => {
      const pattern = tagged.releaseTag?.pattern ?? tagged.releaseTagPattern;
      return typeof pattern === 'string' ? [pattern.replaceAll('{releaseGroupName}', group)] : [];
    },
  );
}
