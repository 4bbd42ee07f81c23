import { join } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { defaults } from './defaults';
import { httpTemplates, scaffold, serveAsgi, sharedTemplates } from './scaffold';

/** A Model Context Protocol server on Starlette, with one example tool. */
export function newApp(request: NewAppRequest): NewApp {
  const port = request.port ?? defaults.port;
  return scaffold(request, {
    folders: [sharedTemplates, httpTemplates, join(__dirname, 'files/app')],
    port,
    serve: serveAsgi(port),
    settings: { worker: false, mcp: true },
  });
}
