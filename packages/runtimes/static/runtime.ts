import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { renderImage } from './render-image';

/** A dashboard or any folder of built files, served by nginx. */
export const runtime: Runtime = {
  name: 'static',
  description:
    'Dashboard or site: files that a build wrote (Vite, Angular, a static export of Next), served by nginx.',
  bases: defaults.bases,
  rank: 50,
  defaults,
  detect,
  newApp,
  renderImage,
};
