import { checkEnvironment } from './environment';
import type { Field } from './field';
import { checkFormat, dnsLabel, portName } from './formats';
import { checkPort } from './numbers';
import { checkDistinct } from './one-of';
import { checkProbes } from './probes';
import { checkResources } from './resources';
import { checkSecurityContext } from './security-context';
import { checkMounts } from './volumes';

/** What containers need to know of their pod. */
export interface PodFacts {
  readonly volumes: ReadonlySet<string>;
  /** Seconds that a container has to end. */
  readonly graceSeconds: number;
}

/** Containers and init containers of a pod. */
export function checkContainers(spec: Field, facts: PodFacts): void {
  const containers = spec.at('containers');
  if (containers.items.length === 0) containers.missing('A pod has one container at least.');
  const init = spec.at('initContainers').items;
  checkDistinct(
    [...init, ...containers.items].map((container) => container.at('name')),
    'container',
  );
  for (const container of containers.items) {
    checkContainer(container, facts);
    checkProbes(container, facts.graceSeconds);
  }
  for (const container of init) checkInitContainer(container, facts);
}

function checkInitContainer(container: Field, facts: PodFacts): void {
  checkContainer(container, facts);
  // One that is started again for ever runs beside the others (a sidecar), and has what they have.
  if (container.at('restartPolicy').text === 'Always') return checkProbes(container, facts.graceSeconds);
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'])
    if (container.at(key).exists)
      container
        .at(key)
        .invalid('is not for init containers that end.', 'Remove it, or set restartPolicy: Always.');
}

function checkContainer(container: Field, { volumes }: PodFacts): void {
  checkFormat(container.at('name'), dnsLabel);
  checkImage(container.at('image'));
  checkPorts(container.at('ports').items);
  checkEnvironment(container);
  checkMounts(container, volumes);
  checkResources(container.at('resources'));
  checkSecurityContext(container.at('securityContext'));
}

function checkImage(image: Field): void {
  if (!image.text) image.missing('Name the image.');
  else if (image.text !== image.text.trim()) image.invalid('has blanks around it.', 'Remove them.');
}

function checkPorts(ports: readonly Field[]): void {
  checkDistinct(
    ports.map((port) => port.at('name')),
    'port',
  );
  for (const port of ports) {
    checkFormat(port.at('name'), portName);
    checkPort(port.at('containerPort'));
    if (port.at('hostPort').number !== 0) checkPort(port.at('hostPort'), false);
  }
}
