import { posix } from 'node:path';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';
import { readSite } from './read-site';

/** A project whose build writes pages and no server: Vite, Angular, a static export of Next, Create React App. */
export function detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  const site = readSite(project, workspace);
  if (!site) return null;
  const { name, root } = project;
  return {
    facts: {
      name,
      root,
      detected: { build: { target: site.target, output: posix.normalize(site.output), main: 'index.html' } },
    },
    notes: site.notes,
  };
}
