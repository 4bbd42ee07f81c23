import { posix } from 'node:path';
import { devEnvironment } from '../../packages/service/backing';
import { composeFolder, imageVariable, portVariable } from '../../packages/service/compose-names';
import { containersOf, type ServiceContainer } from '../../packages/service/edges';
import type { Service } from '../../packages/service/types';
import { runtimeOf } from '../../packages/workspace/runtime-of';
import type { ComposeService, Port } from './compose-file';
import { limits } from './hardening';
import type { ComposeTopology } from './topology';

/** Where the proxy takes TLS connections in its container; see packages/runtimes/nginx. */
const tlsPort = 8443;

/** What an overlay knows beside the service. */
export interface Overlay {
  readonly environment: string;
  readonly topology: ComposeTopology;
  /** Port of the host for the service's debugger, unless a variable names another. */
  readonly debugPort: number;
}

/** What differs for the containers of a service in one environment. `common` is the service outside of all environments. */
export function overlayEntries(
  service: Service,
  common: Service,
  { environment, topology, debugPort }: Overlay,
): Readonly<Record<string, ComposeService>> {
  const entries = containersOf(service).map((container) => {
    const isPublished = container.name === service.slug && topology.published.includes(common);
    const isDev = environment === devEnvironment;
    const secrets = service.secrets.filter((name) => !common.secrets.includes(name));
    const entry: ComposeService = {
      ...(isDev
        ? devEntry(service, container)
        : { image: releasedImage(service), pull_policy: 'missing' as const }),
      ...(secrets.length === 0 ? {} : { secrets }),
      environment: settingsThatDiffer(service, common, environment),
      ...(container.name === service.slug
        ? portsOf(service, { environment, topology, debugPort }, isPublished)
        : {}),
      ...limits(service.resources, isDev ? undefined : replicasOf(service, container, isPublished)),
    };
    return [container.name, entry];
  });
  return Object.fromEntries(entries) as Record<string, ComposeService>;
}

/** What Compose rebuilds the image from, and the debugger where the runtime has one. */
function devEntry(service: Service, { role }: ServiceContainer): ComposeService {
  const fromRoot = (path: string) => posix.relative(composeFolder, path) || '.';
  const debug = role ? undefined : runtimeOf(service.runtime, service.root).debug?.(service);
  // What the Dockerfile copies: the outcome of a build, or the sources as they are.
  const watched = service.build.target === null ? service.root : service.build.output;
  return {
    build: { context: fromRoot('.'), dockerfile: posix.join(service.root, 'Dockerfile') },
    pull_policy: 'never',
    ...(debug ? { command: debug.command } : {}),
    develop: {
      watch: [{ action: 'rebuild', path: fromRoot(watched), ignore: ['node_modules/', '.venv/', 'tests/'] }],
    },
  };
}

/** Without a value Compose stops with the text after the question mark. */
function releasedImage({ slug, image }: Service): string {
  return `\${${imageVariable(slug)}:?name the image to run, e.g. ${image.repository}@sha256:<digest>}`;
}

/** A role that may run once runs once; so does what publishes a port of the host. */
function replicasOf({ scale }: Service, { role }: ServiceContainer, isPublished: boolean): number {
  return role?.single || isPublished ? 1 : scale.min;
}

function settingsThatDiffer(service: Service, common: Service, environment: string): Record<string, string> {
  const all = { APP_ENV: environment, ...service.settings };
  const differing = Object.entries(all).filter(([name, value]) => common.settings[name] !== value);
  return Object.fromEntries(differing.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ports of the host: on loopback for a developer; variables name others. */
function portsOf(
  service: Service,
  { environment, topology: { published }, debugPort }: Overlay,
  isPublished: boolean,
): Pick<ComposeService, 'ports'> {
  const { slug, port, proxy } = service;
  const isDev = environment === devEnvironment;
  const debug = isDev ? runtimeOf(service.runtime, service.root).debug?.(service) : undefined;
  const outside = isDev ? '127.0.0.1' : '${PUBLISH_ADDRESS:-0.0.0.0}';
  // The one proxy of a server has the ports that browsers ask.
  const isFront = !isDev && published.length === 1;
  const ports = [
    ...(isPublished ? [portOf(outside, portVariable(slug), isFront ? 80 : port, port)] : []),
    ...(isPublished && proxy.tls
      ? [portOf(outside, portVariable(slug, 'TLS'), isFront ? 443 : tlsPort, tlsPort)]
      : []),
    ...(debug ? [portOf('127.0.0.1', portVariable(slug, 'DEBUG'), debugPort, debug.port)] : []),
  ];
  return ports.length === 0 ? {} : { ports };
}

function portOf(address: string, variable: string, usual: number, target: number): Port {
  return { target, host_ip: address, published: `\${${variable}:-${usual}}` };
}
