import type { DeploymentRecord } from '../../packages/cluster/records';
import { table } from '../table';

/** The records, the newest first, for people. Pure. */
export function formatRecords(records: readonly DeploymentRecord[]): string {
  const rows = records
    .toReversed()
    .map(({ number, action, to, result, startedAt, commit, by, images }) => [
      String(number),
      to === null ? action : `${action} to ${to}`,
      result,
      startedAt.replace(/\.\d+Z$/, 'Z'),
      commit === null ? '' : shortCommit(commit),
      images.map(shortImage).join(', '),
      by,
    ]);
  return table(['no.', 'action', 'result', 'started', 'commit', 'images', 'by'], rows).join('\n');
}

function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{10})[0-9a-f]*/, '$1');
}

/** `registry/acme/api@sha256:0123456789ab`: as much as tells two apart. */
function shortImage(image: string): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]*/, '$1');
}
