import type { Command } from '../process/types';
import { ClusterError } from './cluster-error';
import type { Kubectl } from './kubectl';
import { kubectlProblem } from './kubectl-problem';

/** Seconds without a renewal after which a lease is anybody's. More than renewals and clocks are apart. */
const leaseSeconds = 30;

/** Milliseconds between two renewals. */
const renewMs = 5_000;

const kind = 'leases.coordination.k8s.io';

interface Lease {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

/**
 * Runs `action` while nobody else holds the lease `name`. The API server decides: a lease is only replaced in the version that was read.
 * @param holder who it is, for the people who find it taken; no two processes have the same
 * @param action gets a signal that tells that the lease was lost, after an outage that was longer than it lasts
 * @throws ClusterError where another one holds it
 */
export async function withLease<T>(
  kubectl: Kubectl,
  name: string,
  holder: string,
  action: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  let lease = await acquire(kubectl, name, holder);
  const lost = new AbortController();
  const renew = async () => {
    const renewed = await replace(kubectl, { ...lease, spec: { ...lease.spec, renewTime: now() } });
    // It may be ours all the same, where an answer was lost on the way.
    const current = renewed === 'taken' ? await read(kubectl, name) : renewed;
    if (current?.spec.holderIdentity === holder) lease = current;
    else lost.abort();
  };
  let renewal = Promise.resolve();
  // An API server that is away for a while answers one of the next.
  const timer = setInterval(() => (renewal = renew().catch(() => undefined)), renewMs);
  try {
    return await action(lost.signal);
  } finally {
    clearInterval(timer);
    await renewal;
    // One that cannot be given back ends by itself.
    await replace(kubectl, { ...lease, spec: {} }).catch(() => undefined);
  }
}

/** Gives the lease back where the process that held it no longer can; refused by the API server where it is another's. */
export function releaseCommand(kubectl: Kubectl, name: string, holder: string): Command {
  const patch = [
    { op: 'test', path: '/spec/holderIdentity', value: holder },
    { op: 'remove', path: '/spec/holderIdentity' },
  ];
  return kubectl.command(['patch', kind, name, '--type=json', `--patch=${JSON.stringify(patch)}`]);
}

async function acquire(kubectl: Kubectl, name: string, holder: string): Promise<Lease> {
  const found = await read(kubectl, name);
  if (found && isHeld(found)) throw taken(kubectl, name, found);
  const time = now();
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: time,
    renewTime: time,
  };
  const acquired = found
    ? await replace(kubectl, { ...found, spec })
    : await send(kubectl, 'create', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name },
        spec,
      });
  if (acquired === 'taken') throw taken(kubectl, name, await read(kubectl, name));
  return acquired;
}

async function read(kubectl: Kubectl, name: string): Promise<Lease | undefined> {
  return (await kubectl.find<Lease>([kind, name]))[0];
}

function isHeld({ spec }: Lease): boolean {
  return spec.holderIdentity !== undefined && Date.now() < endOf(spec);
}

function endOf({ renewTime = '', leaseDurationSeconds = leaseSeconds }: Lease['spec']): number {
  return (Date.parse(renewTime) || 0) + leaseDurationSeconds * 1000;
}

function taken({ where }: Kubectl, name: string, lease: Lease | undefined): ClusterError {
  const { holderIdentity = 'somebody else', acquireTime } = lease?.spec ?? {};
  const since = acquireTime === undefined ? '' : ` since ${acquireTime}`;
  const end = new Date(lease ? endOf(lease.spec) : Date.now() + leaseSeconds * 1000).toISOString();
  return new ClusterError(
    `${where}: ${name} is being changed by ${holderIdentity}${since}. Nothing was done. Try again when that is done; where its process is gone, after ${end}.`,
  );
}

function replace(kubectl: Kubectl, lease: Lease): Promise<Lease | 'taken'> {
  return send(kubectl, 'replace', lease);
}

/** Sent once: a second try could not tell its own lease from another's. */
async function send(kubectl: Kubectl, verb: 'create' | 'replace', lease: object): Promise<Lease | 'taken'> {
  const args = [verb, '-f', '-', '-o', 'json'];
  const { code, stdout, stderr } = await kubectl.run(args, { input: JSON.stringify(lease) });
  if (code === 0) return JSON.parse(stdout) as Lease;
  if (/AlreadyExists|Conflict|NotFound.*leases/.test(stderr)) return 'taken';
  throw kubectlProblem('take or keep the lease', kubectl.where, stderr);
}

/** With microseconds, as a Lease wants it. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
