/** What cosign, a key or a signature did wrong: the message is one clear line (where: what. what to do) without any secret. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
}
