import { DescriptionError } from '../../service/description-error';
import { findEntry, mentions } from '../python/project/entry-module';
import { detectionOf, readProject } from '../python/project/read-project';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';

/**
 * Reads where an existing FastAPI app is, and from which lockfile its packages come.
 * @throws DescriptionError where it is one that cannot be built, with what to do
 */
export function detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  const python = readProject(project, workspace);
  if (!python) return null;
  const { modules } = python.sources;
  if (!mentions(modules, 'FastAPI')) return null;
  const named =
    /\buvicorn\s+(?:--\S+\s+)*([\w.]+:\w+)/.exec(python.commands)?.[1] ?? python.pyproject?.entrypoint;
  const main = named ?? findEntry(modules, 'FastAPI')?.main;
  if (!main) {
    throw new DescriptionError({
      file: project.root,
      key: '',
      message: `a FastAPI app is made somewhere, but no module has it as a variable, and no function gives it without arguments. Add to app/main.py: app = FastAPI()`,
    });
  }
  return detectionOf(python, {
    main,
    fallback: { kind: 'tcp' },
    needs: { uvicorn: 'Add uvicorn to the dependencies and lock again' },
    notes: [],
  });
}
