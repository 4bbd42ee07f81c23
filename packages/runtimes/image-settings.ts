import type { Service } from '../service/types';
import { quoteValue } from './dockerfile-quoting';

/** Names and quoted values, as LABEL and ENV of a Dockerfile take them. */
export type QuotedPairs = readonly (readonly [name: string, value: string])[];

/**
 * Labels of every image: https://github.com/opencontainers/image-spec/blob/main/annotations.md
 * @param base the ARG that names the base of the final stage, or null for a stage from scratch
 */
export function imageLabels(service: Service, base: string | null): QuotedPairs {
  const prefix = 'org.opencontainers.image.';
  return [
    [`${prefix}title`, quoteValue(service.slug)],
    [`${prefix}version`, '"${VERSION}"'],
    [`${prefix}revision`, '"${REVISION}"'],
    [`${prefix}base.name`, base ? `"\${${base}}"` : quoteValue('scratch')],
  ];
}

/**
 * Environment of every image, sorted by name. The service's own settings win over what the image says of itself.
 * @param own what the runtime adds
 */
export function imageSettings(service: Service, own: Readonly<Record<string, string>> = {}): QuotedPairs {
  const { port, slug, settings } = service;
  const all = Object.entries({ PORT: String(port), SERVICE_NAME: slug, ...own, ...settings });
  const quoted = all.map(([name, value]) => [name, quoteValue(value)] as const);
  const version = 'SERVICE_VERSION' in settings ? [] : [['SERVICE_VERSION', '"${VERSION}"'] as const];
  return [...quoted, ...version].sort(([a], [b]) => (a < b ? -1 : 1));
}
