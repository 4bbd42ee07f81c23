import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { SwarmClient } from '../packages/engines/docker/swarm-client';
import { devEnvironment } from '../packages/service/backing';
import { composeFolder, overlayName, swarmFile, swarmOverrideFile } from '../packages/service/compose-names';
import { readStackOnDisk } from '../packages/workspace/service-on-disk';
import { environmentOf } from './compose-stack';
import { TargetError } from './mistakes';

export interface SwarmOptions {
  /** Environment or its short name. Default: prod. */
  readonly env?: string | undefined;
  /** Name of the stack on the Swarm instead of its own, e.g. `acme-prod`. */
  readonly name?: string | undefined;
}

/** The stack as a Swarm knows it in one environment. */
export interface SwarmStack {
  readonly environment: string;
  readonly client: SwarmClient;
}

/** @throws TargetError for an environment that is not there, EngineError where the engine is no manager of a Swarm */
export async function openSwarmStack(options: SwarmOptions, context: ExecutorContext): Promise<SwarmStack> {
  const stack = readStackOnDisk(context.root, context.nxJsonConfiguration);
  const environments = stack.environments.filter((name) => name !== devEnvironment);
  const environment = environmentOf(options.env ?? 'prod', environments);
  const name = options.name ?? `${stack.name}-${overlayName(environment)}`;
  if (!/^[a-z0-9][a-z0-9_-]{0,40}$/.test(name))
    throw new TargetError(
      `--name: ${JSON.stringify(name)} is no name of a stack. Use at most 41 small letters, digits, - and _, e.g. acme-two.`,
    );
  const client = new SwarmClient(name);
  await client.checkManager();
  return { environment, client };
}

/** Files of one environment as they are merged. @throws TargetError where it is missing */
export function swarmFiles(root: string, environment: string): readonly string[] {
  const file = join(composeFolder, swarmFile(environment));
  if (!existsSync(join(root, file)))
    throw new TargetError(`${file} does not exist. Make it with: nx g toolbox:compose`);
  const own = join(composeFolder, swarmOverrideFile);
  return [file, ...(existsSync(join(root, own)) ? [own] : [])].map((path) => join(root, path));
}
