import { findEntry, mentions } from '../python/project/entry-module';
import { detectionOf, readProject } from '../python/project/read-project';
import { healthCommand } from '../python/render-image';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';

/** A backend that puts tasks into a queue has a Celery app, too. */
const backends = 'FastAPI|Flask|Litestar|Quart';

/**
 * Reads where an existing project has its Celery app. One that answers no HTTP request is asked for the heartbeat of its main loop.
 * @throws DescriptionError where it is one that cannot be built, with what to do
 */
export function detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  const python = readProject(project, workspace);
  if (!python) return null;
  const { modules } = python.sources;
  if (!mentions(modules, 'Celery') || mentions(modules, backends)) return null;
  const named = /\bcelery\s+(?:-A|--app)[ =]([\w.]+(?::\w+)?)/.exec(python.commands)?.[1];
  const main = named ?? findEntry(modules, 'Celery')?.main;
  if (!main) return null;
  return detectionOf(python, {
    main,
    fallback: { kind: 'exec', command: healthCommand },
    needs: { celery: 'Add celery to the dependencies and lock again' },
    notes: [],
  });
}
