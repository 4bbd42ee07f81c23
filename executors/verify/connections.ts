import type { Edge } from '../../packages/service/edges';
import { judged, type CheckResult } from './result';

/** A container that takes connections. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  /** Its addresses on the networks that it is on. */
  readonly addresses: readonly string[];
}

/** One connection that is tried from inside a container. */
export interface Attempt {
  readonly from: string;
  readonly to: string;
  readonly host: string;
  readonly port: number;
  readonly allowed: boolean;
}

/**
 * What is tried: along a declared edge by name, as the app does; to every container without an edge by name and by each of its addresses, since
 * a network that merely hides a name isolates nothing. The way back along an edge is not tried: a network of an engine has no direction. Pure.
 */
export function attemptsFor(
  from: string,
  listeners: readonly Listener[],
  edges: readonly Edge[],
): readonly Attempt[] {
  const isEdge = (one: string, other: string) => edges.some((edge) => edge.from === one && edge.to === other);
  return listeners
    .filter(({ name }) => name !== from)
    .filter(({ name }) => isEdge(from, name) || !isEdge(name, from))
    .flatMap(({ name: to, port, addresses }) => {
      const allowed = isEdge(from, to);
      const hosts = allowed ? [to] : [to, ...addresses];
      return hosts.map((host) => ({ from, to, host, port, allowed }));
    });
}

/** @param connected for each attempt whether a connection came about */
export function judgeConnections(
  attempts: readonly Attempt[],
  connected: readonly boolean[],
): readonly CheckResult[] {
  const pairs = new Map<string, { allowed: boolean; through: string[]; port: number }>();
  attempts.forEach(({ from, to, host, port, allowed }, at) => {
    const pair = pairs.get(`${from} -> ${to}`) ?? { allowed, through: [], port };
    if (connected[at]) pair.through.push(host);
    pairs.set(`${from} -> ${to}`, pair);
  });
  return [...pairs].map(([subject, { allowed, through, port }]) => {
    const found = through.length > 0 ? `connects to ${through.join(', ')}:${port}` : 'no connection';
    const [from, to] = subject.split(' -> ') as [string, string];
    return allowed
      ? judged(
          'connects',
          subject,
          'a connection',
          found,
          through.length > 0,
          `See whether ${to} listens on ${port}: nx compose-logs infrastructure --service=${to}`,
        )
      : judged(
          'isolated',
          subject,
          'no connection',
          found,
          through.length === 0,
          `Declare it in ${from} (calls or uses: ${to}) if it is meant, else take them off the network that they share`,
        );
  });
}
