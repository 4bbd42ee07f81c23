import { renderImage } from '../python/render-image';
import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';

/** FastAPI on uvicorn. One process for each container: the platform scales. */
export const runtime: Runtime = {
  name: 'fastapi',
  description: 'FastAPI backend on uvicorn.',
  bases: defaults.bases,
  rank: 60,
  defaults,
  detect,
  newApp,
  renderImage: (service, images) => renderImage(service, images),
};
