import { CommandNotFoundError, run } from '../process/run';
import { ClusterError } from './cluster-error';

/** Milliseconds that a rendering may take. */
const timeoutMs = 60_000;

/**
 * What `kubectl kustomize` makes of a folder with a kustomization. Asks no cluster.
 * @throws ClusterError where kubectl is missing or refuses
 */
export async function renderOverlay(root: string, folder: string): Promise<string> {
  try {
    const { code, stdout, stderr, timedOut } = await run(
      { file: 'kubectl', args: ['kustomize', folder] },
      { cwd: root, timeoutMs },
    );
    if (code === 0) return stdout;
    const why = timedOut ? 'kubectl kustomize did not end' : stderr.trim().split('\n').at(-1);
    throw new ClusterError(`${folder}: cannot be rendered: ${why}`);
  } catch (error) {
    if (error instanceof CommandNotFoundError)
      throw new ClusterError(
        `${folder}: cannot be rendered: kubectl was not found. Install it, or add its folder to PATH.`,
      );
    throw error;
  }
}
