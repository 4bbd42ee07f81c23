import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CommandNotFoundError, run } from '../process/run';
import { apiHost, defaultRegistry } from './reference';
import { RegistryError } from './registry-error';

/** What `docker login` stored for a registry: a user with a password, or a token that is traded in for access. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string };

/** The part of Docker's config.json that is read here. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredAuth | undefined>>;
  /** Helper by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
  /** Helper for all other registries. */
  readonly credsStore?: string;
}

interface StoredAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Milliseconds for a credential helper: some ask a cloud, or a person to touch a key. */
const helperLimitMs = 60_000;

/** Docker's own configuration file: in the folder that DOCKER_CONFIG names, else in the user's home. */
export function dockerConfigFile(env: NodeJS.ProcessEnv): string {
  return join(env['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
}

/**
 * Credentials for a registry the way Docker looks them up: the registry's own helper, the store of all registries, then the file itself.
 * @returns null where none are stored
 * @throws RegistryError where the file is broken or a helper fails
 */
export async function findCredentials(
  registry: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | null> {
  const file = dockerConfigFile(env);
  const config = readConfig(file);
  const own = entryFor(config.credHelpers, registry);
  if (own !== undefined) return await askHelper(own, registry, file, env);
  const kept = config.credsStore ? await askHelper(config.credsStore, registry, file, env) : null;
  return kept ?? storedCredentials(entryFor(config.auths, registry), registry, file);
}

function readConfig(file: string): DockerConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new RegistryError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config;
  } catch {
    // The parser's message would quote the file, which holds passwords.
  }
  throw new RegistryError(`${file}: is not a JSON object. Correct it, or run: docker login`);
}

/** Keys may be hosts or, from long ago, addresses: `https://registry.example.com/v1/`. */
function entryFor<T>(entries: Readonly<Record<string, T>> | undefined, registry: string): T | undefined {
  const wanted = apiHost(registry);
  const hostOf = (key: string) =>
    apiHost(
      key
        .replace(/^https?:\/\//, '')
        .replace(/\/.*$/, '')
        .toLowerCase(),
    );
  const key = Object.keys(entries ?? {}).find((one) => hostOf(one) === wanted);
  return key === undefined ? undefined : entries?.[key];
}

function storedCredentials(
  entry: StoredAuth | undefined,
  registry: string,
  file: string,
): Credentials | null {
  if (entry?.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
  if (entry?.username && entry.password)
    return { kind: 'password', username: entry.username, password: entry.password };
  if (!entry?.auth) return null;
  const decoded = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1)
    throw new RegistryError(
      `${file}: auths: ${registry}: auth is not base64 of user:password. Run: docker login ${registry}`,
    );
  return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Docker's protocol for helpers: the server's address on standard input, a JSON object on standard output. */
async function askHelper(
  helper: string,
  registry: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | null> {
  if (typeof helper !== 'string' || !/^[\w.-]+$/.test(helper))
    throw new RegistryError(`${file}: ${JSON.stringify(helper)} is not the name of a credential helper.`);
  const program = `docker-credential-${helper}`;
  const server = registry === defaultRegistry ? `https://${apiHost(registry)}/v1/` : registry;
  // What a helper prints may be a secret, also when it fails: none of it goes into a message.
  const byHand = `See why with: echo ${server} | ${program} get`;
  try {
    const ran = await run(
      { file: program, args: ['get'] },
      { input: `${server}\n`, env, timeoutMs: helperLimitMs },
    );
    if (/credentials not found/i.test(`${ran.stdout}${ran.stderr}`)) return null;
    if (ran.timedOut)
      throw new RegistryError(`${program} gave no answer within ${helperLimitMs / 1000} s. ${byHand}`);
    if (ran.code !== 0) throw new RegistryError(`${program} failed (exit code ${ran.code}). ${byHand}`);
    return parseHelper(ran.stdout, program, byHand);
  } catch (error) {
    if (!(error instanceof CommandNotFoundError)) throw error;
    throw new RegistryError(
      `${program} was not found; ${file} names it for ${registry}. Install it, or run: docker login ${registry}`,
    );
  }
}

function parseHelper(output: string, program: string, byHand: string): Credentials | null {
  let answer: { Username?: unknown; Secret?: unknown } = {};
  try {
    answer = (JSON.parse(output) ?? {}) as typeof answer;
  } catch {
    // Falls through to the one message below.
  }
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw new RegistryError(`${program} did not answer with a user name and a secret. ${byHand}`);
  if (username === '' && secret === '') return null;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}
