import { gunzipSync, gzipSync } from 'node:zlib';
import type { Command } from '../process/types';
import type { Kubectl } from './kubectl';
import { refOf, without, type KubernetesObject, type ObjectRef } from './objects';

/** A deployment as the cluster remembers it. */
export interface DeploymentRecord {
  readonly schemaVersion: 1;
  /** 1 is the first one of a project in an environment. */
  readonly number: number;
  readonly project: string;
  readonly environment: string;
  readonly action: 'deploy' | 'rollback';
  /** The record that a rollback goes back to. */
  readonly to: number | null;
  /** Who, as the API server and the machine know them. */
  readonly by: string;
  /** Commit of the workspace, with `-dirty` where files differed from it; null where there is none. */
  readonly commit: string | null;
  /** Of all containers, by digest where they were. */
  readonly images: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly result: Result;
  /** Why it did not succeed. */
  readonly reason: string | null;
}

/** `refused`: nothing was changed. `failed`, `interrupted`: what it left is not known to work. */
export type Result = 'running' | 'succeeded' | 'refused' | 'rolled-back' | 'interrupted' | 'failed';

/** A record with what it deployed. */
export interface KeptDeployment {
  readonly record: DeploymentRecord;
  readonly objects: readonly KubernetesObject[];
}

interface RecordSecret {
  readonly data: { readonly record: string; readonly objects: string };
}

/** A Secret, because the objects may hold secrets; of a type that no pod mounts by mistake. */
const type = 'io.toolbox/deployment';
const label = 'io.toolbox/record-of';

/** The records of a project in an environment, the oldest first. */
export async function readRecords(kubectl: Kubectl, owner: string): Promise<readonly KeptDeployment[]> {
  const secrets = await kubectl.find<RecordSecret>(['secrets', '--selector', `${label}=${owner}`]);
  return secrets
    .map(({ data }) => ({
      record: JSON.parse(Buffer.from(data.record, 'base64').toString('utf8')) as DeploymentRecord,
      objects: JSON.parse(
        gunzipSync(Buffer.from(data.objects, 'base64')).toString('utf8'),
      ) as readonly KubernetesObject[],
    }))
    .sort((a, b) => a.record.number - b.record.number);
}

/** Makes a record, or replaces it. Whoever writes records holds the owner's lease. */
export async function writeRecord(
  kubectl: Kubectl,
  owner: string,
  { record, objects }: KeptDeployment,
): Promise<void> {
  await kubectl.apply(
    [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: recordName(owner, record.number), labels: { [label]: owner } },
        type,
        data: {
          record: encode(record),
          objects: gzipSync(JSON.stringify(objects)).toString('base64'),
        },
      },
    ],
    { force: true },
  );
}

/** Closes a record where the process that wrote it no longer can; refused by the API server where it was closed. */
export function closeCommand(
  kubectl: Kubectl,
  owner: string,
  record: DeploymentRecord,
  closed: DeploymentRecord,
): Command {
  const path = '/data/record';
  const patch = [
    { op: 'test', path, value: encode(record) },
    { op: 'replace', path, value: encode(closed) },
  ];
  const name = recordName(owner, record.number);
  return kubectl.command(['patch', 'secret', name, '--type=json', `--patch=${JSON.stringify(patch)}`]);
}

/** Removes what is older than the newest `keep` records that can be gone back to. */
export async function forgetRecords(
  kubectl: Kubectl,
  owner: string,
  kept: readonly KeptDeployment[],
  keep: number,
): Promise<void> {
  const good = kept.filter(({ record }) => record.result === 'succeeded').slice(-keep);
  const oldest = good[0]?.record.number ?? 0;
  const old = kept.filter(({ record }) => record.number < oldest);
  if (old.length === 0) return;
  const names = old.map(({ record }) => recordName(owner, record.number));
  await kubectl.must('remove old records', ['delete', 'secrets', '--ignore-not-found', ...names]);
}

/** What the recorded deployments made and `objects` no longer hold. */
export function obsoleteOf(
  kept: readonly KeptDeployment[],
  objects: readonly KubernetesObject[],
): readonly ObjectRef[] {
  const known = kept.flatMap((one) => one.objects.map(refOf));
  return without(known, objects.map(refOf));
}

/** The newest deployment that was seen to work. */
export function lastGood(kept: readonly KeptDeployment[]): KeptDeployment | null {
  return kept.findLast(({ record }) => record.result === 'succeeded') ?? null;
}

function encode(record: DeploymentRecord): string {
  return Buffer.from(JSON.stringify(record)).toString('base64');
}

function recordName(owner: string, number: number): string {
  return `toolbox.${owner}.${number}`;
}
