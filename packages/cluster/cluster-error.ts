/** What kubectl or a cluster refused: the message is one clear line (where: what. what to do), or one with the reasons below it. */
export class ClusterError extends Error {
  override readonly name: string = 'ClusterError';
}

/** The API server gives no answer: nobody knows what became of the request. */
export class UnreachableError extends ClusterError {
  override readonly name = 'UnreachableError';
}
