import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { renderImage } from './render-image';

/** Celery: worker and beat, two roles of one image. */
export const runtime: Runtime = {
  name: 'celery',
  description: 'Celery worker and beat: two roles of one image.',
  bases: defaults.bases,
  rank: 70,
  defaults,
  detect,
  newApp,
  renderImage: (service, images) => renderImage(service, images),
};
