import { join } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { defaults } from './defaults';
import { httpTemplates, scaffold, serveAsgi, sharedTemplates } from '../python/scaffold';

/** A FastAPI service. Where it has Redis and PostgreSQL it hands work to a Celery worker, and reads back what that one stored. */
export function newApp(request: NewAppRequest): NewApp {
  const port = request.port ?? defaults.port;
  return scaffold(request, {
    folders: [sharedTemplates, httpTemplates, join(__dirname, 'files/app')],
    port,
    serve: serveAsgi(port),
    settings: { worker: false, mcp: false },
  });
}
