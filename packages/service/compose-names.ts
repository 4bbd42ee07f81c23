import { devEnvironment } from './backing';

/** Folder of the Compose files, relative to the workspace root. */
export const composeFolder = 'infrastructure/docker/compose';

/** Folder of the secrets of this machine, relative to the workspace root. Git never sees it. */
export const localSecrets = 'infrastructure/secrets';

/** The copies in it that containers read, made at each start. */
export const mountedSecrets = `${localSecrets}/mounted`;

/** The file that every combination starts with. */
export const baseFile = 'docker-compose.yml';

/** The user's own file: never written, last in every combination. */
export const overrideFile = 'docker-compose.override.yml';

/** Short name of an environment as file names have it: `production` is `prod`. */
export function overlayName(environment: string): string {
  return environment === 'production' ? 'prod' : environment;
}

/** File of what differs in an environment, e.g. `docker-compose.prod.yml`. */
export function overlayFile(environment: string): string {
  return `docker-compose.${overlayName(environment)}.yml`;
}

/** Every environment that has a file: the developer's machine first, then the stack's in the order of promotion. */
export function composeEnvironments(environments: readonly string[]): readonly string[] {
  return [...new Set([devEnvironment, ...environments])];
}

/** Variable that names the image of a service outside of dev, e.g. `ACME_API_IMAGE`. */
export function imageVariable(slug: string): string {
  return `${variable(slug)}_IMAGE`;
}

/** Variable that chooses the port of the host; `what` tells several of one service apart, e.g. `TLS`. */
export function portVariable(slug: string, what = ''): string {
  return `${variable(slug)}_${what === '' ? '' : `${what}_`}PORT`;
}

function variable(slug: string): string {
  return slug.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}

/** File of the whole stack on a Swarm in an environment, e.g. `docker-stack.prod.yml`. */
export function swarmFile(environment: string): string {
  return `docker-stack.${overlayName(environment)}.yml`;
}

/** The user's own file for Swarms: never written, merged last. */
export const swarmOverrideFile = 'docker-stack.override.yml';

/** Variable that names the version of a secret on a Swarm, e.g. `POSTGRES_PASSWORD_SECRET`. */
export function secretVariable(name: string): string {
  return `${variable(name)}_SECRET`;
}

/** Label of the one node of a Swarm that has the data of a stack; its value is the stack's name there, e.g. `acme-prod`. */
export const dataLabel = 'toolbox.data';
