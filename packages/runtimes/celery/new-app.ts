import { join } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { scaffold, sharedTemplates } from '../python/scaffold';
import { defaults } from './defaults';

/** A Celery worker with its beat. The tasks of a new FastAPI app's queue are its examples. */
export function newApp(request: NewAppRequest): NewApp {
  return scaffold(request, {
    folders: [sharedTemplates, join(__dirname, 'files/app')],
    port: request.port ?? defaults.port,
    // Beat runs inside the worker here: one command to start, one to stop.
    serve: `.venv/bin/watchfiles --filter python '.venv/bin/celery --quiet --app app.worker:app worker --beat --schedule .venv/beat-schedule' app`,
    settings: { worker: true, mcp: false },
  });
}
