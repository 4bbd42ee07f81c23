import type { NewApp, NewAppRequest } from '../runtime';

/** What a new app is asked for in the specs. */
export const request: NewAppRequest = { name: 'api', root: 'apps/api', packageManager: 'npm' };

/** Contents of a new app's files by their path inside the app's folder. */
export function contentsOf({ files }: NewApp, root = request.root): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, content }) => [path.slice(root.length + 1), content]));
}

/** The pinned packages of a file of requirements, e.g. `redis==8.1.0`. @throws where a line is something else than a pin or a hash of it */
export function pinsOf(requirements: string): readonly string[] {
  const entries = requirements.trimEnd().split(/\n(?! )/);
  return entries.map((entry) => {
    const match =
      /^([a-z0-9-]+(?:\[[a-z,]+\])?==[^ ]+)(?: ; [^\\]+)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/.exec(entry);
    if (!match?.[1]) throw new Error(`no pinned package with hashes: ${entry}`);
    return match[1];
  });
}
