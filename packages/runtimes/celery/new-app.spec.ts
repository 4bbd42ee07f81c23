import { newApp as newFastapiApp } from '../fastapi/new-app';
import { contentsOf, pinsOf, request } from '../python/fixture-new-app';
import { newApp } from './new-app';

const files = contentsOf(newApp(request));

describe('a new Celery app', () => {
  it('is a worker and a beat with health of their own, not an HTTP application', () => {
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(
        [
          'configuration',
          'messages',
          'monitor',
          'shutdown',
          'task_context',
          'task_metrics',
          'tasks',
          'worker',
        ].map((name) => `app/${name}.py`),
      ),
    );
    expect(Object.keys(files)).not.toContain('app/middleware.py');
    expect(Object.values(files).join('')).not.toContain('<%');
  });

  it('has the settings of a worker, and cannot be without a queue', () => {
    expect(files['app/settings.py']).toContain('concurrency: int');
    expect(files['app/settings.py']).not.toMatch(/drain_seconds|allowed_origins/);
    expect(files['app/settings.py']).toMatch(/^ {4}redis: Redis$/m);
  });

  it('knows the task that a new FastAPI app sends', () => {
    const [, task] =
      /^STORE_MESSAGE = "(.+)"$/m.exec(contentsOf(newFastapiApp(request))['app/messages.py']!) ?? [];
    expect(task).toBe('app.store_message');
    expect(files['app/tasks.py']).toContain(`name="${task}"`);
  });

  it('has the shared modules of a new FastAPI app, byte for byte', () => {
    const api = contentsOf(newFastapiApp(request));
    for (const name of ['operations', 'readiness', 'tracing']) {
      expect(files[`app/${name}.py`]).toBe(api[`app/${name}.py`]);
    }
  });

  it('has every package pinned by hashes', () => {
    const runtime = pinsOf(files['requirements.txt']!);
    for (const name of ['celery', 'psycopg', 'redis', 'uvicorn']) {
      expect(runtime).toContainEqual(expect.stringMatching(new RegExp(`^${name}==`)));
    }
    expect(pinsOf(files['requirements-dev.txt']!)).toEqual(expect.arrayContaining([...runtime]));
  });
});
