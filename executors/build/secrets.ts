import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TargetError } from '../mistakes';

/** Files that the user names instead of those that are found. */
export interface SecretOptions {
  readonly npmrc?: string;
  readonly yarnrc?: string;
  readonly pip?: string;
  readonly netrc?: string;
  readonly goenv?: string;
  readonly ca?: string;
}

type SecretId = keyof SecretOptions;

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
  const candidates = secretFiles(process.env);
  return (Object.keys(candidates) as SecretId[]).flatMap((id) => {
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

/** Where each tool keeps its own settings, the user's choice by environment first. */
function secretFiles(env: NodeJS.ProcessEnv): Readonly<Record<SecretId, readonly (string | undefined)[]>> {
  const home = (...path: string[]) => join(homedir(), ...path);
  return {
    npmrc: [env['NPM_CONFIG_USERCONFIG'] ?? env['npm_config_userconfig'] ?? home('.npmrc')],
    yarnrc: [home('.yarnrc.yml')],
    pip: env['PIP_CONFIG_FILE']
      ? [env['PIP_CONFIG_FILE']]
      : [home('.config', 'pip', 'pip.conf'), home('.pip', 'pip.conf'), '/etc/pip.conf'],
    netrc: [env['NETRC'] ?? home('.netrc')],
    goenv: [env['GOENV'] ?? home('.config', 'go', 'env')],
    ca: [env['TOOLBOX_CA_FILE'], env['NODE_EXTRA_CA_CERTS']],
  };
}
