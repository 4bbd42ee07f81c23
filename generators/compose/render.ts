import { posix } from 'node:path';
import { serialiseYaml, type PathComment } from '../../packages/files/serialise';
import type { RenderedFile } from '../../packages/files/types';
import { backingOf } from '../../packages/service/backing';
import { checkStack } from '../../packages/service/check-stack';
import {
  baseFile,
  composeEnvironments,
  composeFolder,
  localSecrets,
  mountedSecrets,
  overlayFile,
  overlayName,
} from '../../packages/service/compose-names';
import type { OutputContext } from '../output';
import { appEntries } from './app-entry';
import { commentsOf } from './comments';
import { backingEntry, backingOverlay } from './backing-entry';
import { orderKeys, type ComposeFile, type ComposeNetwork, type ComposeService } from './compose-file';
import { overlayEntries } from './overlay-entry';
import { composeTopologyOf, type ComposeTopology } from './topology';

type Services = Readonly<Record<string, ComposeService>>;

/** The one exception from dclint's rules; it reads it in the first line only. */
const unlinted = [
  'dclint disable service-image-require-explicit-tag',
  'That rule wants a version: the images here are those that were just built on this machine, and have none yet.',
];

/** Debuggers are reached at this port of the host and those after it. */
const firstDebugPort = 9229;

/** Every Compose file of the stack; none where there is no service. Pure. @throws DescriptionError where the services contradict each other */
export function renderCompose(context: OutputContext): readonly RenderedFile[] {
  const { services, stack } = context;
  if (services.length === 0) return [];
  checkStack(services);
  const topology = composeTopologyOf(services);
  const base = renderBase(context, topology);
  return [
    composeFile(baseFile, base, commentsOf(base, topology)),
    ...composeEnvironments(stack.environments).map((environment) =>
      composeFile(overlayFile(environment), renderOverlay(context, topology, environment), []),
    ),
    // Passwords have no place in a repository.
    { path: '.gitignore', content: `/${localSecrets}/\n`, ownership: 'shared' },
  ];
}

function renderBase({ services, stack, images, tag }: OutputContext, topology: ComposeTopology): ComposeFile {
  const backing = backingOf(stack, services);
  return {
    name: stack.name,
    services: sorted({
      ...entriesOf(services.map((service) => appEntries(service, topology, tag))),
      ...Object.fromEntries(
        backing.map((service) => [service.name, backingEntry(service, stack, topology, images)]),
      ),
    }),
    networks: Object.fromEntries(
      topology.networks.map(({ name, internal }): [string, ComposeNetwork] => [
        name,
        internal ? { internal } : {},
      ]),
    ),
    ...(backing.length === 0
      ? {}
      : { volumes: Object.fromEntries(backing.map(({ name }) => [`${name}-data`, {}])) }),
    ...secretsOf(services.flatMap(({ secrets }) => secrets)),
  };
}

function renderOverlay(
  { services, stack, images, inEnvironment }: OutputContext,
  topology: ComposeTopology,
  environment: string,
): ComposeFile {
  const here = inEnvironment(environment);
  const known = new Set(services.flatMap(({ secrets }) => secrets));
  const entries = entriesOf(
    here.map((service, at) =>
      overlayEntries(service, services[at]!, { environment, topology, debugPort: firstDebugPort + at }),
    ),
  );
  const { joined, networks } = waysOut(entries, topology);
  return {
    name: `${stack.name}-${overlayName(environment)}`,
    services: sorted({
      ...joined,
      ...Object.fromEntries(
        backingOf(stack, here, environment).map((service) => [
          service.name,
          backingOverlay(service, stack.backing[service.name], stack, images),
        ]),
      ),
    }),
    ...(Object.keys(networks).length === 0 ? {} : { networks }),
    ...secretsOf(here.flatMap(({ secrets }) => secrets).filter((name) => !known.has(name))),
  };
}

/** A port cannot be published from internal networks alone: a debugged container on no other gets one to itself. */
function waysOut(
  entries: Services,
  topology: ComposeTopology,
): { joined: Services; networks: Record<string, ComposeNetwork> } {
  const enclosed = Object.keys(entries).filter(
    (name) =>
      entries[name]!.ports !== undefined &&
      topology.networks.every(({ members, internal }) => internal || !members.includes(name)),
  );
  const named = (name: string) => `backend_${name}`;
  return {
    joined: Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [
        name,
        enclosed.includes(name) ? { ...entry, networks: [named(name)] } : entry,
      ]),
    ),
    networks: Object.fromEntries(enclosed.map((name) => [named(name), {}])),
  };
}

function secretsOf(names: readonly string[]): Pick<ComposeFile, 'secrets'> {
  if (names.length === 0) return {};
  const folder = posix.relative(composeFolder, mountedSecrets);
  const unique = [...new Set(names)].sort();
  return { secrets: Object.fromEntries(unique.map((name) => [name, { file: `${folder}/${name}` }])) };
}

function composeFile(name: string, content: ComposeFile, comments: readonly PathComment[]): RenderedFile {
  const header = [
    ...(name === baseFile ? unlinted : []),
    `Generated by toolbox from every toolbox.yaml with: nx g toolbox:compose`,
    'What is edited here is kept and merged. Your own services and settings have a place in docker-compose.override.yml.',
  ];
  return {
    path: posix.join(composeFolder, name),
    content: serialiseYaml(content, { header, comments }),
    ownership: 'generated',
  };
}

function entriesOf(entries: readonly Services[]): Services {
  return Object.assign({}, ...entries) as Services;
}

function sorted(services: Services): Services {
  const entries = Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, entry]) => [name, orderKeys(entry)]));
}
