import { contentsOf, pinsOf, request } from '../python/fixture-new-app';
import { newApp } from './new-app';

const files = contentsOf(newApp(request));

describe('a new FastAPI app', () => {
  it('is an app on FastAPI with a queue and a database', () => {
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(
        ['application', 'database', 'main', 'messages', 'middleware', 'queue', 'settings', 'shutdown'].map(
          (name) => `app/${name}.py`,
        ),
      ),
    );
    expect(files['app/application.py']).toContain('FastAPI(');
    expect(files['app/settings.py']).not.toMatch(/concurrency|allowed_origins/);
    expect(Object.values(files).join('')).not.toContain('<%');
  });

  it('has every package pinned by hashes', () => {
    const runtime = pinsOf(files['requirements.txt']!);
    for (const name of ['fastapi', 'uvicorn', 'celery', 'psycopg', 'redis']) {
      expect(runtime).toContainEqual(expect.stringMatching(new RegExp(`^${name}==`)));
    }
    expect(pinsOf(files['requirements-dev.txt']!)).toEqual(expect.arrayContaining([...runtime]));
  });

  it('is served anew after an edit, on its port', () => {
    expect(contentsOf(newApp({ ...request, port: 4711 }))['project.json']).toContain(
      'uvicorn app.main:app --reload --reload-dir app --port 4711',
    );
  });
});
