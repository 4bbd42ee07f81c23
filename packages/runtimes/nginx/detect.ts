import { posix } from 'node:path';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';
import { extraFile } from './files-of-proxy';

/** A proxy has no source: a project is one where the file for its user's own directives lies. */
export function detect({ name, root }: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  if (!workspace.exists(posix.join(root, extraFile))) return null;
  return {
    facts: { name, root, detected: { build: { target: null, output: root, main: 'nginx/nginx.conf' } } },
    notes: [],
  };
}
