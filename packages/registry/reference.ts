import { RegistryError } from './registry-error';

/** `registry.example.com:5000/acme/api:1.2.3@sha256:…`, taken apart. */
export interface Reference {
  /** Host and port as written; `docker.io` where the reference names none. */
  readonly registry: string;
  /** Does the reference itself name its registry? */
  readonly named: boolean;
  /** Path inside the registry, e.g. `acme/api`; `library/node` for Docker's own `node`. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

/** The registry of references that name none, as Docker has it. */
export const defaultRegistry = 'docker.io';

/** Grammar of the distribution specification, the host as Docker tells it from a path: it has a dot or a port, or is localhost. */
const host = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:)|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const path = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** @throws RegistryError where the text is no image reference */
export function parseReference(text: string): Reference {
  const [, name = '', tag = null, digest = null] =
    /^(.+?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const slash = name.indexOf('/');
  const named = slash > 0 && host.test(name.slice(0, slash));
  const registry = named ? name.slice(0, slash).toLowerCase() : defaultRegistry;
  const rest = named ? name.slice(slash + 1) : name;
  const official = registry === defaultRegistry && !rest.includes('/');
  if (!path.test(rest) || rest.length > 255 || (tag !== null && !isTag(tag)))
    throw new RegistryError(
      `${JSON.stringify(text)} is not an image reference such as registry.example.com/acme/api:1.2.3.`,
    );
  return { registry, named, repository: official ? `library/${rest}` : rest, tag, digest };
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** `registry.example.com/acme/api`: a reference without tag and digest. */
export function repositoryName({ registry, repository }: Pick<Reference, 'registry' | 'repository'>): string {
  return `${registry}/${repository}`;
}

/** Host that serves the API of a registry: Docker's own answers under another name than references carry. */
export function apiHost(registry: string): string {
  return registry === defaultRegistry ? 'index.docker.io' : registry;
}

/** Does the registry lie on this machine? Only there is plain http allowed without asking for it. */
export function isLoopback(registry: string): boolean {
  const name = registry.replace(/:\d+$/, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name)
  );
}
