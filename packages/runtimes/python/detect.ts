import { DescriptionError } from '../../service/description-error';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';
import { findEntry, mentions } from './project/entry-module';
import { findPort } from './project/port';
import { detectionOf, readProject, type PythonProject, type Start } from './project/read-project';

const tcp = { kind: 'tcp' } as const;
const uvicorn = { uvicorn: 'Add uvicorn to the dependencies and lock again' };
/** Types of ASGI applications. */
const asgi = 'FastAPI|Starlette|Litestar|Quart|BlackSheep';

/**
 * Reads how an existing Python project starts: an ASGI app on uvicorn, a Django project, a console script, a module or a script.
 * @throws DescriptionError where it is one that cannot be built, with what to do
 */
export function detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  const python = readProject(project, workspace);
  if (!python) return null;
  const start = asgiApp(python) ?? program(python);
  if (start) return detectionOf(python, start);
  const isFlask = mentions(python.sources.modules, 'Flask');
  throw new DescriptionError({
    file: project.root,
    key: '',
    message: isFlask
      ? 'the app is a WSGI app (Flask), and uvicorn serves ASGI. Add asgiref, and a module with: asgi_app = WsgiToAsgi(app)'
      : `no module that starts ${project.name} was found. Add app/main.py or a __main__.py, or name it as build.main in ${project.root}/toolbox.yaml`,
  });
}

/** An ASGI app, as a command of the project names it, else as the sources make it. */
function asgiApp({ commands, pyproject, sources: { modules } }: PythonProject): Start | null {
  const named = /\buvicorn\s+(?:--\S+\s+)*([\w.]+:\w+)/.exec(commands)?.[1] ?? pyproject?.entrypoint;
  const django = modules.find(({ content }) => /^application\s*=\s*get_asgi_application\(/m.test(content));
  const wrapped = findEntry(modules, 'WsgiToAsgi|ASGIMiddleware|WSGIMiddleware');
  const main =
    named ?? (django ? `${django.name}:application` : (wrapped?.main ?? findEntry(modules, asgi)?.main));
  return main ? { main, fallback: tcp, needs: uvicorn, notes: [] } : null;
}

/** Something that is run: a console script where there is just one, a `__main__.py`, a module or a script that starts itself. */
function program({ pyproject, sources: { modules } }: PythonProject): Start | null {
  const scripts = pyproject?.scripts ?? [];
  const own = scripts.filter(([, target]) => modules.some(({ name }) => name === target.split(':')[0]));
  const startsItself = modules.filter(({ content }) => /^if __name__ == ["']__main__["']:/m.test(content));
  const module =
    modules.find(({ name }) => name.endsWith('.__main__')) ??
    startsItself.find(({ name }) => /(^|\.)(main|app|server|__init__)$/.test(name)) ??
    startsItself[0];
  const main = own.length === 1 ? `${own[0]![1]}()` : module?.name.replace(/\.__main__$/, '');
  if (!main) return null;
  const { port, fixed, settings, notes } = findPort(modules);
  return {
    main,
    ...(port ? { port } : {}),
    ...(fixed ? { fixedPort: true } : {}),
    settings,
    fallback: tcp,
    needs: {},
    notes: [
      ...notes,
      ...(own.length > 1
        ? [`The project has several scripts; ${main} is started. Set build.main for another one.`]
        : []),
    ],
  };
}
