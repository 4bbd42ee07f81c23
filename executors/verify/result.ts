/** What is verified; the ids are what `--only` and `--skip` take. */
export const checkIds = [
  'build-cold',
  'build-cached',
  'image-size',
  'stack-size',
  'image-secrets',
  'running',
  'health',
  'user',
  'read-only',
  'privileges',
  'limits',
  'environment',
  'networks',
  'ports',
  'connects',
  'isolated',
  'smoke',
] as const;
export type CheckId = (typeof checkIds)[number];

/** One answer of one check about one subject, e.g. a container. Secrets are in none of the texts. */
export interface CheckResult {
  readonly check: CheckId;
  /** A container, an image, an edge such as `web -> postgres`, or a step of a smoke flow. */
  readonly subject: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly found: string;
  /** What to do where it did not pass. */
  readonly fix: string | null;
}

/** A check that was not made because the user said so. */
export interface SkippedCheck {
  readonly check: CheckId;
  readonly reason: string;
}

/** `dist/reports/<project>/verify.json`. */
export interface VerifyReport {
  readonly schemaVersion: 1;
  readonly stack: string;
  readonly environment: string;
  readonly passed: boolean;
  readonly results: readonly CheckResult[];
  readonly skipped: readonly SkippedCheck[];
  /** Wall time of each check that was made, in seconds. */
  readonly seconds: Readonly<Partial<Record<CheckId, number>>>;
}

/** What each check is about, for people. */
export const checkTitles: Readonly<Record<CheckId, string>> = {
  'build-cold': 'Images are built in time without any cache',
  'build-cached': 'Builds of what did not change take no time',
  'image-size': 'Images are within their budgets',
  'stack-size': 'All images together are within the budget of the stack',
  'image-secrets': 'No secret is in a layer, a label or the history of an image',
  running: 'Every described container runs',
  health: 'Every container is healthy',
  user: 'Containers run as their declared users',
  'read-only': 'Root file systems are read-only',
  privileges: 'No capabilities and no new privileges',
  limits: 'CPU, memory and process limits are set',
  environment: 'No secret is in an environment',
  networks: 'Containers are on their declared networks and on no other',
  ports: 'Only what stands at the front is published',
  connects: 'Declared connections work',
  isolated: 'Undeclared connections do not',
  smoke: 'The smoke flow passes',
};

/** Makes results of one check: `found` says what was seen, and only a failure has a fix. */
export function judged(
  check: CheckId,
  subject: string,
  expected: string,
  found: string,
  passed: boolean,
  fix: string,
): CheckResult {
  return { check, subject, passed, expected, found, fix: passed ? null : fix };
}
