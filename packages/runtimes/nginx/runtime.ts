import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { renderImage } from './render-image';

/** nginx as the reverse proxy in front of the services, configured by their descriptions. */
export const runtime: Runtime = {
  name: 'nginx',
  description:
    'Reverse proxy: nginx in front of every service that is exposed, configured by their descriptions.',
  bases: defaults.bases,
  rank: 10,
  defaults,
  detect,
  newApp,
  renderImage,
};
