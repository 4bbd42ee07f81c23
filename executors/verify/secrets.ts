import { auditImage } from '../../packages/images/audit/audit';
import type { Finding } from '../../packages/images/finding';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Layout } from '../../packages/images/layout';
import { judged, type CheckResult } from './result';

/** An image whose layers are all there. */
export interface WholeImage {
  readonly record: ImageRecord;
  readonly layout: Layout;
}

/** Looks for secrets in every layer, in what later layers deleted, in settings, labels and history. @throws ImageError */
export async function judgeSecrets({ record, layout }: WholeImage): Promise<CheckResult> {
  const findings: Finding[] = [];
  for (const image of layout.images) {
    const audit = await auditImage(layout, image, { base: record.base, baseLayers: 0 });
    findings.push(...audit.findings.filter(({ id }) => id.startsWith('secret-in-')));
  }
  const places = findings.map(({ id, path }) => [id, path].filter((part) => part !== null).join(': '));
  const found = [...new Set(places)].sort().join(', ');
  return judged(
    'image-secrets',
    record.project,
    'no secret',
    found || 'no secret',
    findings.length === 0,
    `See: nx docker-scan ${record.project}. Revoke it: whoever has the image has the secret`,
  );
}
