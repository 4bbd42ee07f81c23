import { logger } from '@nx/devkit';
import { ClusterError } from '../packages/cluster/cluster-error';
import { EngineError } from '../packages/engines/engine';
import { ImageError } from '../packages/images/image-error';
import { LockfileError } from '../packages/lockfiles/lockfile-error';
import { RegistryError } from '../packages/registry/registry-error';
import { ScannerError } from '../packages/scanners/scanner';
import { DescriptionError } from '../packages/service/description-error';
import { SigningError } from '../packages/signing/signing-error';

/** A mistake in how a target is used: the message is one clear line, without a stack trace. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/**
 * Runs an executor's body; what the user or the engine did wrong becomes one line and a failed task.
 * @param root of the workspace: paths in the line are named relative to it
 */
export async function failInOneLine(
  body: () => Promise<boolean>,
  root?: string,
): Promise<{ success: boolean }> {
  try {
    return { success: await body() };
  } catch (error) {
    const line = lineFor(error);
    if (line === null) throw error;
    logger.error(root ? line.replaceAll(`${root}/`, '') : line);
    return { success: false };
  }
}

function lineFor(error: unknown): string | null {
  const known = [
    TargetError,
    ClusterError,
    EngineError,
    ImageError,
    LockfileError,
    RegistryError,
    ScannerError,
    DescriptionError,
    SigningError,
  ];
  if (known.some((type) => error instanceof type)) return (error as Error).message;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC')
    return `${path ?? 'The disk'}: no space left on device. Free some, e.g. with: docker builder prune`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${path ?? 'A file'}: cannot be written (${code}). Check who owns it.`;
  return null;
}
