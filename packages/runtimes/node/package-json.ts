import { posix } from 'node:path';
import type { WorkspaceReader } from '../runtime';

/** The parts of a package.json that tell how a project is built and started. */
export interface PackageJson {
  readonly type?: string;
  readonly main?: string;
  readonly packageManager?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a folder, or null where there is none or it is not JSON. */
export function packageJson(workspace: WorkspaceReader, folder: string): PackageJson | null {
  const content = workspace.read(posix.join(folder, 'package.json'));
  if (content === null) return null;
  try {
    return JSON.parse(content) as PackageJson;
  } catch {
    return null;
  }
}
