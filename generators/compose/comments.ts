import type { PathComment } from '../../packages/files/serialise';
import { localSecrets } from '../../packages/service/compose-names';
import type { ComposeFile } from './compose-file';
import type { ComposeTopology } from './topology';

/** Why it is as it is: said once, at the first entry that has it. */
export function commentsOf(file: ComposeFile, topology: ComposeTopology): readonly PathComment[] {
  const first = (key: keyof ComposeFile['services'][string]) =>
    Object.keys(file.services).find((name) => file.services[name]![key] !== undefined);
  const atFirst = (key: Parameters<typeof first>[0], comment: string): readonly PathComment[] => {
    const name = first(key);
    return name === undefined ? [] : [{ path: ['services', name, key], comment }];
  };
  const [network] = topology.networks;
  const [secret] = Object.keys(file.secrets ?? {});
  return [
    ...atFirst('pull_policy', 'Built here: a registry where anybody could have this name is not asked.'),
    ...atFirst('healthcheck', 'What is asked stands in the image.'),
    ...atFirst('logging', 'Without limits a log grows until the disk is full.'),
    ...atFirst('memswap_limit', 'Without it, as much swap again could be used.'),
    ...backingComments(file),
    ...circleComments(topology),
    ...(network
      ? [
          {
            path: ['networks', network.name],
            comment:
              'One network for each declared edge: what shares none cannot connect.\nThose of data are internal: nothing leaves the engine through them.',
          },
        ]
      : []),
    ...(secret
      ? [
          {
            path: ['secrets', secret],
            comment: `compose-up copies them from ${localSecrets}, and makes those that are missing.`,
          },
        ]
      : []),
  ];
}

function backingComments({ services }: ComposeFile): readonly PathComment[] {
  return [
    ...(services['postgres']
      ? [
          {
            path: ['services', 'postgres', 'environment', 'POSTGRES_INITDB_ARGS'],
            comment: 'The image would trust every connection from within the container.',
          },
        ]
      : []),
    ...(services['redis']
      ? [
          {
            path: ['services', 'redis', 'command'],
            comment:
              'The password goes through a file that only Redis reads: arguments can be seen by everybody on the machine.\nEvery acknowledged write is on the disk; a full memory refuses new work instead of dropping old.',
          },
        ]
      : []),
  ];
}

/** Calls that go round in a circle have no start order. */
function circleComments({ edges, dependsOn }: ComposeTopology): readonly PathComment[] {
  const left = edges.filter(({ from, to }) => dependsOn(from)?.[to] === undefined);
  const callers = [...new Set(left.map(({ from }) => from))];
  return callers.map((from) => {
    const called = left.filter((edge) => edge.from === from).map(({ to }) => to);
    return {
      path: ['services', from],
      comment: `Starts without waiting for ${called.join(', ')}: the calls go round in a circle.`,
    };
  });
}
