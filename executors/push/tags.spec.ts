import { isVersionTag, tagsFor, usualPatterns, type TagFacts } from './tags';

const head = { commit: 'abc1234', branch: 'main', tags: [] as string[], dirty: false };
const facts = (changes: Partial<TagFacts> = {}): TagFacts => ({
  project: 'api',
  packageVersion: null,
  releasePatterns: usualPatterns,
  head,
  recorded: ['dev'],
  ...changes,
});
const tagged = (...tags: string[]) => ({ head: { ...head, tags } });

it('are the commit and the branch where nothing is said', () => {
  expect(tagsFor({}, facts())).toEqual(['sha-abc1234', 'main']);
});

it('are what --tag says, and what --tagsFrom adds to it', () => {
  expect(tagsFor({ tag: ['a', 'b', 'a'] }, facts())).toEqual(['a', 'b']);
  expect(tagsFor({ tag: ['a'], tagsFrom: ['record', 'commit'] }, facts())).toEqual([
    'a',
    'dev',
    'sha-abc1234',
  ]);
});

it.each<[string, Partial<TagFacts>, string[]]>([
  ['a tag of all projects', tagged('v1.2.3'), ['1.2.3']],
  ["the project's own tag before that of all", tagged('v9.0.0', 'api@1.2.3'), ['1.2.3']],
  [
    "a tag of nx.json's pattern",
    { ...tagged('rel-1.2.3-x'), releasePatterns: ['rel-{version}-x'] },
    ['1.2.3'],
  ],
  ["another project's tag", tagged('web@1.2.3'), []],
  ['a tag that is no version', tagged('vacation', 'v1.2'), []],
  ['build metadata', tagged('v1.2.3+build.5'), ['1.2.3_build.5']],
  ['the version of package.json at its release', { ...tagged('v1.2.3'), packageVersion: '1.2.3' }, ['1.2.3']],
  ['the version of package.json after its release', { packageVersion: '1.2.3' }, []],
  ['a release of others', { ...tagged('v2.0.0'), packageVersion: '1.2.3' }, []],
])('take the version at its release: %s', (_, changes, version) => {
  expect(tagsFor({}, facts(changes))).toEqual([...version, 'sha-abc1234', 'main']);
});

it('take the version of package.json where it is asked for, release or not', () => {
  expect(tagsFor({ tagsFrom: ['version'] }, facts({ ...tagged('v2.0.0'), packageVersion: '1.2.3' }))).toEqual(
    ['1.2.3'],
  );
  expect(tagsFor({ tagsFrom: ['version'] }, facts(tagged('v2.0.0')))).toEqual(['2.0.0']);
});

it.each([
  ['feature/login page', 'feature-login-page'],
  ['-.odd', 'odd'],
  ['release/1.2', 'release-1.2'],
  ['1.2.3', 'branch-1.2.3'],
  ['v2.0.0', 'branch-v2.0.0'],
  ['ünï', 'n-'],
])('write branch %s as %s', (branch, tag) => {
  expect(tagsFor({ tagsFrom: ['branch'] }, facts({ head: { ...head, branch } }))).toEqual([tag]);
});

it('say that the commit is not all that was built', () => {
  expect(tagsFor({ tagsFrom: ['commit'] }, facts({ head: { ...head, dirty: true } }))).toEqual([
    'sha-abc1234-dirty',
  ]);
});

it('are on a detached HEAD the commit alone', () => {
  expect(tagsFor({}, facts({ head: { ...head, branch: null } }))).toEqual(['sha-abc1234']);
});

it.each<[Parameters<typeof tagsFor>[0], Partial<TagFacts>, string]>([
  [{}, { head: null }, 'api: there is no tag to push. Name one, e.g. --tag=1.2.3'],
  [{ tag: ['a/b'] }, {}, 'api: --tag: "a/b" is no tag. Use up to 128 of A-Z a-z 0-9 _ . -'],
  [
    { tagsFrom: ['version'] },
    {},
    'api: has no version: no package.json of it says one, and no git tag at HEAD. Run nx release, or name a tag: --tag=1.2.3',
  ],
  [
    { tagsFrom: ['commit'] },
    { head: null },
    'api: --tagsFrom=commit: there is no git commit here. Name a tag: --tag=1.2.3',
  ],
  [
    { tagsFrom: ['branch'] },
    { head: { ...head, branch: null } },
    'api: --tagsFrom=branch: HEAD is on no branch, and neither GITHUB_REF_NAME nor CI_COMMIT_BRANCH names one.',
  ],
])('tell in one line why %j has none', (options, changes, line) => {
  expect(() => tagsFor(options, facts(changes))).toThrow(line);
});

it('know a version, which never moves, from a name that does', () => {
  expect(['1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2.3_build.5'].filter((tag) => !isVersionTag(tag))).toEqual([]);
  expect(['main', '1.2', 'latest', 'sha-1234567', '20260102'].filter(isVersionTag)).toEqual([]);
});
