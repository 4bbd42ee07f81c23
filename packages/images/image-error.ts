/** A broken, missing or unsupported image: the message is one clear line (where: what. what to do). */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}
