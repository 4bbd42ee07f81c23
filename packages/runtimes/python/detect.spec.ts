import { DescriptionError } from '../../service/description-error';
import { detect as detectCelery } from '../celery/detect';
import { detect as detectFastapi } from '../fastapi/detect';
import { projectOf, workspaceOf } from '../node/fixture-workspace';
import type { Detection } from '../runtime';
import { detect } from './detect';

const lock = 'version = 1\n[[package]]\nname = "uvicorn"\n[[package]]\nname = "celery"\n';
const files = (more: Readonly<Record<string, string>>) => {
  const all: Readonly<Record<string, string>> = {
    'pyproject.toml': '[project]\nname = "x"\n',
    'uv.lock': lock,
    ...more,
  };
  return workspaceOf(
    Object.fromEntries(Object.entries(all).map(([path, text]) => [`apps/api/${path}`, text])),
  );
};
const mainOf = (detection: Detection | null) => detection?.facts.detected?.build?.main;
const fastapi = 'from fastapi import FastAPI\napp = FastAPI()\n';

describe('a FastAPI app', () => {
  const found = (more: Readonly<Record<string, string>>, targets = {}) =>
    detectFastapi(projectOf(targets), files(more));

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['main.py', { 'main.py': fastapi }, 'main:app'],
    ['a package', { 'app/__init__.py': '', 'app/main.py': fastapi }, 'app.main:app'],
    ['a package itself', { 'shop/__init__.py': fastapi }, 'shop:app'],
    [
      'a typed variable',
      { 'app/main.py': 'import fastapi\napi: fastapi.FastAPI = fastapi.FastAPI(title="x")\n' },
      'app.main:api',
    ],
    [
      'a factory whose result a module keeps',
      {
        'app/factory.py': 'def create_app(settings) -> FastAPI:\n    app = FastAPI()\n    return app\n',
        'app/main.py': 'from app.factory import create_app\nserver = create_app(load())\n',
      },
      'app.main:server',
    ],
    [
      'a factory alone',
      { 'app/main.py': 'def build():\n\n    application = FastAPI()\n    return application\n' },
      'app.main:build',
    ],
    [
      'the usual name before another',
      { 'app/demo.py': fastapi, 'app/main.py': fastapi, 'tests/main.py': fastapi },
      'app.main:app',
    ],
    [
      'what pyproject.toml names',
      { 'a.py': fastapi, 'b.py': fastapi, 'pyproject.toml': '[tool.fastapi]\nentrypoint = "b:app"\n' },
      'b:app',
    ],
  ])('in %s', (_, sources, main) => expect(mainOf(found(sources))).toBe(main));

  it('in the module that a target starts', () => {
    const targets = { serve: { command: 'uv run uvicorn --reload api.web:site' } };
    expect(mainOf(found({ 'app/main.py': fastapi }, targets))).toBe('api.web:site');
  });

  it('below src starts with that folder on the import path', () => {
    const detected = found({ 'src/shop/main.py': fastapi })?.facts.detected;
    expect(detected).toMatchObject({
      settings: { PYTHONPATH: '/app/src' },
      build: { main: 'shop.main:app', output: 'apps/api' },
    });
  });

  it('without a health route is asked on its port, and the user is told', () => {
    const detection = found({ 'main.py': fastapi });
    expect(detection?.facts.detected?.live).toEqual({ kind: 'tcp' });
    expect(detection?.notes).toEqual([expect.stringContaining('No health route was found')]);
  });

  it.each<[string, string, string]>([
    ['@app.get("/healthz")\ndef h(): ...\n@app.get("/ready")\ndef r(): ...', '/healthz', '/ready'],
    [
      'router = APIRouter(prefix="/api/v1")\n@router.get("/health/")\ndef h(): ...\napp.include_router(router)',
      '/api/v1/health',
      '/api/v1/health',
    ],
    ['app = Starlette(routes=[Route("/livez", live)])', '/livez', '/livez'],
  ])('has the routes of %j', (source, live, ready) => {
    const detected = found({ 'main.py': `${fastapi}${source}\n` })?.facts.detected;
    expect(detected).toMatchObject({
      live: { kind: 'http', path: live },
      ready: { kind: 'http', path: ready },
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string | null]>([
    [
      'through packages that pass them on',
      {
        'shop/__init__.py': '',
        'shop/web/app.py':
          'from fastapi import FastAPI\nfrom shop.web.api.router import api_router\ndef get_app() -> FastAPI:\n    app = FastAPI()\n    app.include_router(router=api_router, prefix="/api")\n    return app\n',
        'shop/web/api/router.py':
          'from fastapi import APIRouter\nfrom shop.web.api import monitoring, echo\napi_router = APIRouter()\napi_router.include_router(monitoring.router)\napi_router.include_router(echo.router, prefix="/echo", tags=["echo"])\n',
        'shop/web/api/monitoring/__init__.py': 'from .views import router\n__all__ = ["router"]\n',
        'shop/web/api/monitoring/views.py':
          'from fastapi import APIRouter\nrouter = APIRouter(tags=["a", "b"], prefix="/ops")\n@router.get("/health")\ndef h(): ...\n',
        'shop/web/api/echo.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n',
      },
      '/api/ops/health',
    ],
    [
      'to an app that is mounted',
      {
        'main.py': `${fastapi}from v1 import sub as one\napp.mount("/v1", one)\n`,
        'v1.py':
          'from fastapi import APIRouter\nfrom users import router\nsub = APIRouter()\nsub.include_router(router)\n',
        'users.py':
          'from fastapi import APIRouter\nrouter: APIRouter = APIRouter()\nrouter.add_api_route("/ping", lambda: 1)\n',
      },
      '/v1/ping',
    ],
    [
      'not through a prefix that only the running app knows',
      {
        'main.py': `${fastapi}from a import router\nfrom settings import API\napp.include_router(router, prefix=API)\n`,
        'a.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/health")\ndef h(): ...\n',
      },
      null,
    ],
    [
      'not to a router that nothing includes, nor in a circle',
      {
        'main.py': fastapi,
        'a.py':
          'from fastapi import APIRouter\nfrom b import two\none = APIRouter()\n@one.get("/health")\ndef h(): ...\ntwo.include_router(one)\n',
        'b.py':
          'from fastapi import APIRouter\nfrom a import one\ntwo = APIRouter()\none.include_router(two)\n',
      },
      null,
    ],
  ])('follows its routers %s', (_, sources, path) => {
    expect(found(sources)?.facts.detected?.live).toEqual(
      path === null ? { kind: 'tcp' } : { kind: 'http', path },
    );
  });

  it('is none where FastAPI stands in a comment or no call', () => {
    expect(found({ 'main.py': '"FastAPI("\nx = 1\n' })).toBeNull();
  });
});

describe('lockfiles', () => {
  const withFiles = (more: Readonly<Record<string, string>>) => () =>
    detectFastapi(projectOf({}), workspaceOf({ 'apps/api/main.py': fastapi, ...more }));
  const lockfile = (more: Readonly<Record<string, string>>) =>
    withFiles(more)()?.facts.detected?.build?.lockfile;

  it('are those of the tool that pyproject.toml names, or of a uv workspace above', () => {
    const poetry = { 'apps/api/pyproject.toml': '[tool.poetry]\nname = "x"\n' };
    expect(lockfile({ ...poetry, 'apps/api/poetry.lock': lock, 'apps/api/uv.lock': lock })).toBe(
      'apps/api/poetry.lock',
    );
    expect(lockfile({ 'apps/api/requirements.txt': 'uvicorn==1 --hash=sha256:0\n' })).toBe(
      'apps/api/requirements.txt',
    );
    expect(
      lockfile({
        'apps/api/pyproject.toml': '[project]\nname = "x"\n',
        'pyproject.toml': '[tool.uv.workspace]\nmembers = ["apps/*"]\n',
        'uv.lock': lock,
      }),
    ).toBe('uv.lock');
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'none of uv',
      { 'apps/api/pyproject.toml': '[project]\nname = "x"\n' },
      /^apps\/api: no lockfile .*: uv lock$/,
    ],
    [
      'none of Poetry',
      { 'apps/api/pyproject.toml': '[tool.poetry]\n', 'apps/api/requirements.txt': 'x' },
      /: poetry lock$/,
    ],
    ['none of PDM', { 'apps/api/pyproject.toml': '[tool.pdm]\n' }, /: pdm lock$/],
    [
      'none at all',
      { 'apps/api/requirements.in': '' },
      /: uv pip compile --generate-hashes requirements\.in -o requirements\.txt$/,
    ],
    [
      'one without uvicorn',
      { 'apps/api/requirements.txt': 'fastapi==1\n' },
      /^apps\/api\/requirements\.txt: has no uvicorn.* lock again$/,
    ],
    [
      'one that includes another',
      { 'apps/api/requirements.txt': '-r base.txt\nuvicorn\n' },
      /has the line "-r base\.txt"/,
    ],
    [
      'a broken manifest',
      { 'apps/api/pyproject.toml': '[project\n' },
      /^apps\/api\/pyproject\.toml: line 1: .*Correct it$/,
    ],
  ])('%s: an error in one line that says what to do', (_, more, message) => {
    expect(withFiles(more)).toThrow(DescriptionError);
    expect(withFiles(more)).toThrow(message);
  });

  it('without hashes are allowed with a note', () => {
    const notes = withFiles({ 'apps/api/requirements.txt': 'uvicorn==1\nfastapi>=1\n' })()?.notes;
    expect(notes).toContainEqual(
      expect.stringMatching(/has no hashes, and 1 of its packages have no exact version/),
    );
  });
});

describe('versions of Python', () => {
  const found = (more: Readonly<Record<string, string>>) =>
    detectFastapi(projectOf({}), files({ 'main.py': fastapi, ...more }));
  it.each<[string, string | undefined]>([
    ['>=3.11', '3.13'],
    ['>=3.12,<4.0', '3.13'],
    ['~=3.13.0', '3.13'],
    ['==3.13.*', '3.13'],
    ['<3.13', undefined],
    ['==3.11.*', undefined],
    ['>=3.14', undefined],
  ])('%s gives %s', (range, version) => {
    const detection = found({ 'pyproject.toml': `[project]\nname = "x"\nrequires-python = "${range}"\n` });
    expect(detection?.facts.detected?.runtimeVersion).toBe(version);
    expect(detection?.notes.some((note) => note.includes('asks for Python'))).toBe(version === undefined);
  });

  it('.python-version wins', () => {
    expect(found({ '.python-version': '3.13.2\n' })?.facts.detected?.runtimeVersion).toBe('3.13');
  });
});

describe('other Python projects', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'Starlette',
      { 'server.py': 'from starlette.applications import Starlette\napp = Starlette()\n' },
      'server:app',
    ],
    [
      'Django',
      { 'manage.py': '', 'site/asgi.py': 'application = get_asgi_application()\n' },
      'site.asgi:application',
    ],
    ['a script', { 'run.py': 'if __name__ == "__main__":\n    serve(port=9000)\n' }, 'run'],
    ['a package', { 'bot/__init__.py': '', 'bot/__main__.py': 'run()\n' }, 'bot'],
    [
      'a console script',
      {
        'bot/cli.py': 'def main(): ...\n',
        'pyproject.toml': '[project]\nname = "x"\n[project.scripts]\nbot = "bot.cli:main"\n',
      },
      'bot.cli:main()',
    ],
  ])('%s', (_, sources, main) => expect(mainOf(detect(projectOf({}), files(sources)))).toBe(main));

  it('Flask is told what to do', () => {
    expect(() =>
      detect(projectOf({}), files({ 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' })),
    ).toThrow(/^apps\/api: the app is a WSGI app \(Flask\).*WsgiToAsgi\(app\)$/);
  });

  it('without a module that starts are an error', () => {
    expect(() => detect(projectOf({}), files({ 'lib.py': 'x = 1\n' }))).toThrow(
      /no module that starts api was found/,
    );
  });

  it('a project of another language is none', () => {
    expect(detect(projectOf({}), workspaceOf({ 'apps/api/src/main.ts': '' }))).toBeNull();
  });
});

describe('Celery', () => {
  const celery = 'from celery import Celery\napp = Celery("jobs")\n';

  it('without HTTP is asked for its heartbeat', () => {
    const detection = detectCelery(projectOf({}), files({ 'jobs/celery.py': celery }));
    expect(mainOf(detection)).toBe('jobs.celery:app');
    expect(detection?.facts.detected?.live).toEqual({
      kind: 'exec',
      command: ['/usr/local/bin/python3', '-I', '-S', '/usr/local/lib/toolbox/health.py'],
    });
  });

  it('in a backend belongs to the backend', () => {
    const both = files({ 'app/main.py': fastapi, 'app/queue.py': celery });
    expect(detectCelery(projectOf({}), both)).toBeNull();
    expect(mainOf(detectFastapi(projectOf({}), both))).toBe('app.main:app');
  });
});
