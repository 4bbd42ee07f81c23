import { satisfies } from 'semver';
import { missing, ok, problem, problemOf, type Check } from './check';

/** The versions that are tested; as `engines` and `peerDependencies` of the package have them. */
const nodeRange = '>=20.19.0';
const nxRange = '>=22.0.0 <25.0.0';

/** What is asked about the workspace, by somebody who can read it. */
export interface WorkspaceFacts {
  readonly nodeVersion: string;
  readonly nxVersion: string;
  readonly isRegistered: boolean;
  readonly isSynced: boolean;
  /** Is there one of the package managers' lockfiles at the root? */
  readonly hasLockfile: boolean;
  /** Names of the services. Throws where a description is wrong. */
  readonly services: () => readonly string[];
}

export function workspaceChecks(facts: WorkspaceFacts): readonly Check[] {
  return [node, nx, setUp, lockfile, descriptions].map((check) => () => Promise.resolve(check(facts)));
}

function node({ nodeVersion }: WorkspaceFacts) {
  return satisfies(nodeVersion, nodeRange)
    ? ok('node', `Node.js ${nodeVersion}`)
    : problem('node', `Node.js ${nodeVersion}, toolbox needs ${nodeRange}.`, 'Install a supported version.');
}

function nx({ nxVersion }: WorkspaceFacts) {
  // A version before a release counts as the release: Nx's own canaries are used like it.
  return satisfies(nxVersion, nxRange, { includePrerelease: true })
    ? ok('nx', `Nx ${nxVersion}`)
    : problem('nx', `Nx ${nxVersion}, toolbox is tested with 22 to 24.`, 'Run: nx migrate 24');
}

function setUp({ isRegistered, isSynced }: WorkspaceFacts) {
  if (isRegistered && isSynced) return ok('set-up', 'nx.json has the plugin and its sync generator');
  const lacks = isRegistered ? 'the sync generator' : 'the plugin';
  return problem('set-up', `nx.json does not have ${lacks}.`, 'Run: nx g toolbox:init');
}

function lockfile({ hasLockfile }: WorkspaceFacts) {
  return hasLockfile
    ? ok('lockfile', 'the package manager has its lockfile')
    : missing(
        'lockfile',
        'No lockfile of npm, pnpm or yarn: node services with packages outside of their bundle cannot be built.',
        'Run your package manager’s install and commit the lockfile.',
      );
}

function descriptions({ services }: WorkspaceFacts) {
  try {
    const names = services();
    if (names.length > 0) return ok('descriptions', `services described without mistake: ${names.length}`);
    return missing('descriptions', 'There is no service yet.', 'Run: nx g toolbox:service <name>');
  } catch (error) {
    return problemOf('descriptions', error);
  }
}
