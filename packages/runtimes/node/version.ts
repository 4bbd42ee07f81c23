import { posix } from 'node:path';
import type { WorkspaceReader } from '../runtime';
import { defaults } from './defaults';
import { packageJson } from './package-json';

/** The major of Node.js that the project or the workspace asks for, where it is one that we have images of. */
export function detectVersion(root: string, workspace: WorkspaceReader): string | undefined {
  for (const folder of [root, '.']) {
    const texts = [
      workspace.read(posix.join(folder, '.nvmrc')),
      workspace.read(posix.join(folder, '.node-version')),
      exactMajor(packageJson(workspace, folder)?.engines?.['node']),
    ];
    for (const text of texts) {
      const major = /^\s*v?(\d+)\b/.exec(text ?? '')?.[1];
      if (major && defaults.runtimeVersions.includes(major)) return major;
    }
  }
  return undefined;
}

/** `22.x`, `^22.3.0` and `~22.3` name a major; `>=20` only says where it begins. */
function exactMajor(range: string | undefined): string | null {
  return /^\s*[\^~]?v?(\d+)(\.(\d+|x|\*))*\s*$/.exec(range ?? '')?.[1] ?? null;
}
