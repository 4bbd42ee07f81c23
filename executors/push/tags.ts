import { valid } from 'semver';
import { TargetError } from '../mistakes';
import type { PushExecutorSchema } from './schema.gen';

/** What the workspace knows about the state that an image was built from. */
export interface TagFacts {
  readonly project: string;
  /** `version` of the project's package.json, or null. */
  readonly packageVersion: string | null;
  /** Patterns of release tags, with `{version}` and maybe `{projectName}`: those of nx.json, else the usual ones. */
  readonly releasePatterns: readonly string[];
  /** Null outside of a git repository. */
  readonly head: {
    /** Short commit, as git abbreviates it. */
    readonly commit: string;
    /** Null where HEAD is detached and the CI system names no branch. */
    readonly branch: string | null;
    /** Git tags at HEAD. */
    readonly tags: readonly string[];
    /** Do tracked files differ from the commit? */
    readonly dirty: boolean;
  } | null;
  /** Tags that docker-build gave the image in this repository. */
  readonly recorded: readonly string[];
}

/** How releases are tagged where nx.json does not say: a tag for all projects, or one for each. The project's own comes first. */
export const usualPatterns: readonly string[] = ['{projectName}@{version}', 'v{version}', '{version}'];

type Kind = NonNullable<PushExecutorSchema['tagsFrom']>[number];

/** The tags to push, each once, in the order of their asking. @throws TargetError where there are none, or one cannot be had */
export function tagsFor(
  { tag, tagsFrom }: Pick<PushExecutorSchema, 'tag' | 'tagsFrom'>,
  facts: TagFacts,
): readonly string[] {
  const kinds: readonly Kind[] = tagsFrom ?? (tag?.length ? [] : ['auto']);
  const tags = [...new Set([...(tag ?? []), ...kinds.flatMap((kind) => derived[kind](facts))])];
  for (const one of tags) {
    if (!/^\w[\w.-]{0,127}$/.test(one))
      throw new TargetError(
        `${facts.project}: --tag: ${JSON.stringify(one)} is no tag. Use up to 128 of A-Z a-z 0-9 _ . -`,
      );
  }
  if (tags.length === 0)
    throw new TargetError(`${facts.project}: there is no tag to push. Name one, e.g. --tag=1.2.3`);
  return tags;
}

/** Is it a version, so that it never moves? `1.2.3`, `v1.2.3`, `1.2.3-rc.1`. */
export function isVersionTag(tag: string): boolean {
  return valid(tag.replace('_', '+')) !== null;
}

const derived: Readonly<Record<Kind, (facts: TagFacts) => readonly string[]>> = {
  auto(facts) {
    if (!facts.head) return [];
    return [
      ...releasedVersion(facts),
      ...derived.commit(facts),
      ...(facts.head.branch ? derived.branch(facts) : []),
    ];
  },
  version(facts) {
    const version = facts.packageVersion ?? taggedVersions(facts)[0];
    if (version === undefined)
      throw new TargetError(
        `${facts.project}: has no version: no package.json of it says one, and no git tag at HEAD. Run nx release, or name a tag: --tag=1.2.3`,
      );
    return [tagOf(version)];
  },
  commit({ project, head }) {
    if (!head)
      throw new TargetError(
        `${project}: --tagsFrom=commit: there is no git commit here. Name a tag: --tag=1.2.3`,
      );
    return [`sha-${head.commit}${head.dirty ? '-dirty' : ''}`];
  },
  branch({ project, head }) {
    if (!head?.branch)
      throw new TargetError(
        `${project}: --tagsFrom=branch: HEAD is on no branch, and neither GITHUB_REF_NAME nor CI_COMMIT_BRANCH names one.`,
      );
    const tag =
      head.branch
        .replace(/[^\w.-]+/g, '-')
        .replace(/^[.-]+/, '')
        .slice(0, 128) || 'branch';
    // A branch moves, a version does not: a branch called 1.2.3 is none.
    return [isVersionTag(tag) ? `branch-${tag}`.slice(0, 128) : tag];
  },
  record: ({ recorded }) => recorded,
};

/** The version where the commit is its release: otherwise every commit after it would want to move its tag. */
function releasedVersion(facts: TagFacts): readonly string[] {
  const { packageVersion } = facts;
  const tagged = taggedVersions(facts);
  const version = packageVersion === null ? tagged[0] : tagged.find((one) => one === packageVersion);
  return version === undefined ? [] : [tagOf(version)];
}

/** Versions that the git tags at HEAD carry for this project, by the order of the patterns. */
function taggedVersions({ project, head, releasePatterns }: TagFacts): readonly string[] {
  return releasePatterns.flatMap((pattern) => {
    const [before = '', after = ''] = pattern.replaceAll('{projectName}', project).split('{version}');
    return (head?.tags ?? [])
      .filter((tag) => tag.startsWith(before) && tag.endsWith(after))
      .map((tag) => tag.slice(before.length, tag.length - after.length))
      .filter((version) => /^\d/.test(version) && valid(version) !== null);
  });
}

/** Build metadata is written with a plus, which a tag cannot hold. */
function tagOf(version: string): string {
  return version.replace('+', '_');
}
