import { isAbsolute, join } from 'node:path';

/** Where Nx keeps data of this checkout: Nx's own rule, without loading @nx/devkit. `nx reset` empties it. */
export function workspaceDataDirectory(workspaceRoot: string): string {
  const chosen =
    process.env['NX_WORKSPACE_DATA_DIRECTORY'] ?? process.env['NX_PROJECT_GRAPH_CACHE_DIRECTORY'];
  if (chosen) return isAbsolute(chosen) ? chosen : join(workspaceRoot, chosen);
  return join(workspaceRoot, '.nx', 'workspace-data');
}
