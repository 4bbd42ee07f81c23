import type { Runtime } from '../runtime';
import { defaults } from './defaults';
import { detect } from './detect';
import { newApp } from './new-app';
import { detectPackageManager } from './package-manager';
import { renderImage } from './render-image';

/** Node.js: a bundle, or compiled files with the packages that they need. */
export const runtime: Runtime = {
  name: 'node',
  description:
    'Node.js service (Fastify, Express, Nest, Koa, Hono or plain HTTP), bundled or with its packages.',
  bases: defaults.bases,
  rank: 20,
  defaults,
  detect,
  newApp,
  workspaceFacts: (workspace) => ({ build: { packageManager: detectPackageManager(workspace) } }),
  renderImage,
  // As an argument and not in NODE_OPTIONS: the health check is Node.js too, and would not get the port.
  debug: ({ build }) => ({ command: ['--inspect=0.0.0.0:9229', build.main], port: 9229 }),
};
