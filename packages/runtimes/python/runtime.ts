import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { renderImage } from './render-image';

/** Python: an ASGI app on uvicorn, a module or a script. */
export const runtime: Runtime = {
  name: 'python',
  description:
    'Python service: an ASGI app (Starlette, Litestar, Django, an MCP server), a module or a script.',
  bases: defaults.bases,
  rank: 30,
  defaults,
  detect,
  newApp,
  renderImage: (service, images) => renderImage(service, images),
};
