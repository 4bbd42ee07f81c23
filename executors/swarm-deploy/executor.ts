import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { parse } from 'yaml';
import type { SwarmClient } from '../../packages/engines/docker/swarm-client';
import { dataLabel, localSecrets, secretVariable } from '../../packages/service/compose-names';
import { makeSecrets } from '../compose-secrets';
import { imageVariables } from '../compose-stack';
import { failInOneLine, TargetError } from '../mistakes';
import { rollOut } from '../swarm-roll-out';
import { openSwarmStack, swarmFiles } from '../swarm-stack';
import type { SwarmDeployExecutorSchema } from './schema.gen';

/** Deploys the stack to a Swarm. Never cached: the Swarm is asked. */
export default function swarmDeploy(
  options: SwarmDeployExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { environment, client } = await openSwarmStack(options, context);
    const files = swarmFiles(context.root, environment);
    const { names, needsData } = readNeeds(files);
    const images = imageVariables(context, 'pushed');
    const made = makeSecrets(context.root, names, environment);
    if (made.length > 0) logger.log(`Made the secrets ${made.join(', ')}.`);
    const secrets = names.map((name) => secretOf(context.root, client.stack, name));
    const env = {
      ...images,
      ...Object.fromEntries(secrets.map(({ variable, object }) => [variable, object])),
    };
    // Before anything is made: a mistake in the files is told first.
    const text = await client.config(files, env);
    if (needsData) await chooseDataNode(client);
    for (const { object, value } of secrets) await client.ensureSecret(object, value);

    const [last] = await client.deployments();
    const number = (last?.number ?? 0) + 1;
    const seconds = options.timeout ?? 600;
    const { failures } = await rollOut(client, text, number, seconds);
    if (failures.length > 0) throw new TargetError([...failures, await goBack(client, seconds)].join('\n'));
    await client.remember(number, text);
    await tidy(client, options.keep ?? 10);
    logger.log(`${client.stack} is deployed (deployment ${number}).`);
    return true;
  }, context.root);
}

/** Names of the secrets, and whether a service is bound to the node with the data. */
function readNeeds(files: readonly string[]): {
  readonly names: readonly string[];
  readonly needsData: boolean;
} {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const secrets = texts.flatMap((text) => {
    const { secrets: own = {} } = (parse(text) ?? {}) as {
      secrets?: Readonly<Record<string, { readonly name?: string } | null>>;
    };
    // Others, of the user's own file, are the user's.
    return Object.keys(own).filter((name) => own[name]?.name?.startsWith(`\${${secretVariable(name)}:`));
  });
  return {
    names: [...new Set(secrets)].sort(),
    needsData: texts.some((text) => text.includes(`node.labels.${dataLabel}`)),
  };
}

/** A secret's object on the Swarm: its name tells its content, so that another content is another object and a rollback finds the old one. */
function secretOf(root: string, stack: string, name: string) {
  const value = readFileSync(join(root, localSecrets, name));
  const version = createHash('sha256').update(`${stack}\0${name}\0`).update(value).digest('hex').slice(0, 12);
  // 64 characters are the most that a Swarm takes.
  return { variable: secretVariable(name), object: `${stack}_${name}`.slice(0, 51) + `_${version}`, value };
}

/** Volumes lie on one node: which, only people know, unless there is only one. */
async function chooseDataNode(client: SwarmClient): Promise<void> {
  const { labelled, all } = await client.nodes(dataLabel);
  if (labelled.length === 1) return;
  if (labelled.length > 1)
    throw new TargetError(
      `The nodes ${labelled.join(' and ')} have the label ${dataLabel}=${client.stack}, and the data lies on one. Remove it from the others: docker node update --label-rm ${dataLabel} <node>`,
    );
  if (all.length > 1)
    throw new TargetError(
      `No node has the label ${dataLabel}=${client.stack}: the data of the stack has no place. Choose one: docker node update --label-add ${dataLabel}=${client.stack} <node>`,
    );
  await client.labelNode(all[0]!, dataLabel);
}

/** The whole stack, not only the service that failed: services of two versions were never tried together. */
async function goBack(client: SwarmClient, seconds: number): Promise<string> {
  const [last] = await client.deployments();
  if (!last)
    return `${client.stack} has no deployment to go back to: it stays as it is for a look. Remove it with: docker stack rm ${client.stack}`;
  logger.log(`Going back to deployment ${last.number}.`);
  const { failures } = await rollOut(client, await client.deployed(last), last.number, seconds);
  return failures.length === 0
    ? `${client.stack} is as it was (deployment ${last.number}).`
    : [`${client.stack} could not go back to deployment ${last.number}:`, ...failures].join('\n');
}

/** Forgets the oldest deployments, and the secrets that none of the others uses. */
async function tidy(client: SwarmClient, keep: number): Promise<void> {
  const all = await client.deployments();
  for (const old of all.slice(keep)) await client.forget(old);
  const used = new Set<string>();
  for (const one of all.slice(0, keep)) {
    const { secrets = {} } = parse(await client.deployed(one)) as {
      secrets?: Readonly<Record<string, { readonly name?: string }>>;
    };
    for (const { name } of Object.values(secrets)) if (name) used.add(name);
  }
  await client.pruneSecrets(used);
}
