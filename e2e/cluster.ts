import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const tool = join(__dirname, '..', 'tools', 'cluster', 'ensure.mjs');

/** The only context of the test cluster's kubeconfig; none is current. */
export const context = 'toolbox-test';

/** A real Kubernetes API, whose pods are played. */
export interface Cluster {
  /** With the cluster's kubectl first in PATH, for `nx`. */
  readonly env: NodeJS.ProcessEnv;
  /** Never throws on a non-zero exit. */
  kubectl(
    args: readonly string[],
    input?: string,
  ): { readonly code: number | null; readonly out: string; readonly err: string };
  /** What the API server has; an error where it has it not. */
  get<T>(...args: readonly string[]): T;
  killApi(): void;
  startApi(): void;
  stop(): void;
}

/** Starts a suite's own cluster, or finds the one that it left. */
export function startCluster(suite: string): Cluster {
  const own = { ...process.env, TOOLBOX_TEST_CLUSTER: suite };
  const ensure = (...args: readonly string[]) =>
    execFileSync(process.execPath, [tool, ...args], {
      encoding: 'utf8',
      env: own,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const said = [...ensure().matchAll(/^export (\w+)="(.*)"$/gm)];
  const exported = Object.fromEntries(said.map(([, name, value]) => [name!, value!]));
  const env = { ...process.env, ...exported, PATH: exported['PATH']!.replace('$PATH', process.env['PATH']!) };
  const kubectl: Cluster['kubectl'] = (args, input = '') => {
    const ran = spawnSync('kubectl', ['--context', context, ...args], {
      env,
      input,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  };
  return {
    env,
    kubectl,
    get<T>(...args: readonly string[]) {
      const { code, out, err } = kubectl(['get', ...args, '-o', 'json']);
      if (code !== 0) throw new Error(`kubectl get ${args.join(' ')}: ${err}`);
      return JSON.parse(out) as T;
    },
    killApi: () => void ensure('--kill-api'),
    startApi: () => void ensure('--start-api'),
    stop: () => void ensure('--stop'),
  };
}
