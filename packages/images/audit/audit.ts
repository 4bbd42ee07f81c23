import { analyseImage, type LayerObserver, type SizeAnalysis } from '../analyse';
import { compareFindings, type Finding } from '../finding';
import type { ImageRecord } from '../image-record';
import type { Layout, LayoutImage } from '../layout';
import { SeveralObservers } from '../several-observers';
import { judgeConfig } from './config-rules';
import { LayerAudit } from './layer-audit';

export interface AuditFacts {
  readonly base: ImageRecord['base'];
  /** Number of layers, from the first, that are the base image's: their files are somebody else's work. */
  readonly baseLayers: number;
}

export interface Audit {
  readonly analysis: SizeAnalysis;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at an image's configuration, its history and every file of every layer, deleted ones included. One pass over the bytes gives the sizes, too.
 * Memory is that of the size analysis and some megabytes. Nothing is unpacked to disk, no tool is needed.
 * @param top how many of the largest files and of the largest wasted ones are named
 * @param others who look on in the same pass
 * @throws ImageError where a layer is damaged or hostile
 */
export async function auditImage(
  layout: Layout,
  image: LayoutImage,
  facts: AuditFacts,
  top = 10,
  others: readonly LayerObserver[] = [],
): Promise<Audit> {
  const created = Date.parse(image.config.created ?? '');
  const layers = new LayerAudit({
    baseLayers: facts.baseLayers,
    sourceDate: Number.isNaN(created) ? null : Math.floor(created / 1000),
  });
  const analysis = await analyseImage(
    layout,
    image,
    top,
    others.length === 0 ? layers : new SeveralObservers([layers, ...others]),
  );
  const findings = [...(await judgeConfig(image.config, facts.base)), ...layers.findings()];
  return { analysis, findings: findings.sort(compareFindings) };
}
