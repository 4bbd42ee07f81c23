import { posix } from 'node:path';
import { DescriptionError } from '../../service/description-error';
import type { Service } from '../../service/types';
import { lockToolOf, type LockTool } from './lock-tools';

/** How the packages of a service get into its image's `deps` stage. */
export interface InstallFacts {
  readonly lockfile: string;
  /** Name of the lockfile in the folder where the install runs. */
  readonly lockName: string;
  readonly tool: LockTool;
  /** Files of the build context by the folder of the stage that they are copied to; the install runs in the last one. */
  readonly folders: readonly { readonly target: string; readonly files: readonly string[] }[];
}

/** @throws DescriptionError where the description names no lockfile */
export function installFacts({ root, build }: Service): InstallFacts {
  const { lockfile } = build;
  if (lockfile === null) {
    throw new DescriptionError({
      file: posix.join(root, 'toolbox.yaml'),
      key: 'build.lockfile',
      message: `no lockfile is named from which the image's packages are installed. Make one, e.g. with uv lock, and name it: ${posix.join(root, 'uv.lock')}`,
    });
  }
  const tool = lockToolOf(lockfile);
  const folder = posix.dirname(lockfile);
  const files = [...tool.beside.map((name) => posix.join(folder, name)), lockfile];
  const facts = { lockfile, lockName: posix.basename(lockfile), folders: [{ target: '/deps', files }] };
  const isMember = tool.memberCommands !== undefined && folder !== posix.normalize(root);
  if (!isMember) return { ...facts, tool };
  const member = {
    target: posix.join('/deps', posix.relative(folder, root)),
    files: tool.beside.map((name) => posix.join(root, name)),
  };
  return {
    ...facts,
    tool: { ...tool, commands: tool.memberCommands },
    folders: [...facts.folders, member],
  };
}
