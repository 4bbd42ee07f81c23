import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { renderImage } from './render-image';

/** Go: one static program, compiled in the image's build. */
export const runtime: Runtime = {
  name: 'go',
  description: 'Go service, compiled into a static program on an empty base.',
  bases: defaults.bases,
  rank: 40,
  defaults,
  detect,
  newApp,
  renderImage,
};
