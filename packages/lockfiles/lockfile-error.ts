/** A user's mistake in manifests or lockfile. The message is one line: where, what, and what to do. */
export class LockfileError extends Error {
  override readonly name = 'LockfileError';
}
