/** What a registry, its credentials or the way to it did wrong: the message is one clear line (where: what. what to do) without any secret. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

/** A failure that may be gone at the next try: the connection was cut, the registry is busy. */
export class TransientError extends RegistryError {
  /** @param waitMs how long the registry asked to wait, null where it did not */
  constructor(
    message: string,
    readonly waitMs: number | null = null,
  ) {
    super(message);
  }
}
