import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { ComposeConfig } from '../packages/engines/docker/compose-client';
import { devEnvironment } from '../packages/service/backing';
import { localSecrets, mountedSecrets } from '../packages/service/compose-names';
import { TargetError } from './mistakes';

/** What has become of the secrets of a start. */
export interface PreparedSecrets {
  readonly made: readonly string[];
  /** Those whose value is another one than at the last start. */
  readonly changed: readonly string[];
}

/** Passwords of servers that are made here: whoever asks them reads the same file. */
const ownServers = ['postgres-password', 'redis-password'];

/**
 * Makes the secrets that are missing, and the copies that containers read. A secret is a file of mode 600 that is never overwritten; its copy can be
 * read by any user id, because the services run as their own, but lies in a folder that nobody else on this machine can enter.
 * @throws TargetError for one that cannot be made
 */
export function prepareSecrets(root: string, config: ComposeConfig, environment: string): PreparedSecrets {
  const copies = join(root, mountedSecrets);
  const names = Object.entries(config.secrets ?? {})
    .filter(([name, { file }]) => file === `${copies}${sep}${name}`)
    .map(([name]) => name)
    .sort();
  if (names.length === 0) return { made: [], changed: [] };
  const made = makeSecrets(root, names, environment);
  privateFolder(copies);
  return { made, changed: names.filter((name) => copy(join(root, localSecrets, name), join(copies, name))) };
}

/**
 * Makes the secrets that are missing, each in a file of mode 600, in a folder that nobody else on this machine can enter.
 * @returns the names of those that were made
 * @throws TargetError for one that cannot be made
 */
export function makeSecrets(root: string, names: readonly string[], environment: string): readonly string[] {
  if (names.length === 0) return [];
  privateFolder(join(root, localSecrets));
  const made = names.filter((name) => !existsSync(join(root, localSecrets, name)));
  const problem = made.find((name) => !canBeMade(name, environment));
  if (problem !== undefined) throw new TargetError(missingSecret(problem));
  for (const name of made)
    writeFileSync(join(root, localSecrets, name), randomBytes(32).toString('base64url'), {
      flag: 'wx',
      mode: 0o600,
    });
  if (names.includes('redis-password')) checkForRedis(root);
  return made;
}

function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/** Redis reads its password from a line of its configuration. */
function checkForRedis(root: string): void {
  const file = `${localSecrets}/redis-password`;
  if (!/["\\\s]/.test(readFileSync(join(root, file), 'utf8').trim())) return;
  throw new TargetError(
    `${file} has a quote, a backslash or a space in it, which Redis would read as something else. Choose another password.`,
  );
}

/** @returns whether there was a copy with another value */
function copy(source: string, target: string): boolean {
  const value = readFileSync(source);
  const before = existsSync(target) ? readFileSync(target) : null;
  // In place: what a running container has mounted is this very file.
  if (!before?.equals(value)) writeFileSync(target, value, { mode: 0o644 });
  chmodSync(target, 0o644);
  return before !== null && !before.equals(value);
}

/** A key of someone else's service is not ours to invent, but for a developer who needs no more than that it is there. */
function canBeMade(name: string, environment: string): boolean {
  if (name.startsWith('tls-')) return false;
  return environment === devEnvironment || ownServers.includes(name);
}

function missingSecret(name: string): string {
  const file = `${localSecrets}/${name}`;
  if (!name.startsWith('tls-')) return `${file} is missing. Write the secret into it, with mode 600.`;
  const make = `openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -keyout ${localSecrets}/tls-key -out ${localSecrets}/tls-certificate`;
  return `${file} is missing. Put it there, or make a pair for development with: ${make}`;
}
