import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TargetError } from '../mistakes';

/** Files that the user names instead of those that are found. */
export interface SecretOptions {
  readonly npmrc?: string;
  readonly ca?: string;
}

/**
 * Build secrets of a Dockerfile that mounts them. They are there for one command and in no layer, so they never change an image's bytes and
 * are no inputs of the task.
 * @throws TargetError where a file that the user names does not exist
 */
export function findSecrets(
  options: SecretOptions | undefined,
  dockerfile: string,
  workspaceRoot: string,
): { id: string; file: string }[] {
  const { NPM_CONFIG_USERCONFIG, npm_config_userconfig, TOOLBOX_CA_FILE, NODE_EXTRA_CA_CERTS } = process.env;
  const candidates = {
    npmrc: [NPM_CONFIG_USERCONFIG ?? npm_config_userconfig ?? join(homedir(), '.npmrc')],
    ca: [TOOLBOX_CA_FILE, NODE_EXTRA_CA_CERTS],
  };
  return (['npmrc', 'ca'] as const).flatMap((id) => {
    if (!new RegExp(`\\bid=["']?${id}\\b`).test(dockerfile)) return [];
    const chosen = options?.[id];
    if (chosen !== undefined) {
      const file = isAbsolute(chosen) ? chosen : join(workspaceRoot, chosen);
      if (!existsSync(file))
        throw new TargetError(
          `secrets.${id}: ${chosen} does not exist. Name a file, or leave the option out.`,
        );
      return [{ id, file }];
    }
    const file = candidates[id].find((candidate) => candidate && existsSync(candidate));
    return file ? [{ id, file }] : [];
  });
}
