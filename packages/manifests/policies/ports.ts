import type { Field } from '../fields/field';
import { isEmptySelector } from '../fields/selectors';
import { hasPort, portsOf, type ObjectSet, type Workload } from './object-set';
import { findNamed, useOneOf } from './references';

/** Ports that nobody has: of Services, of routes to Services, of probes and of policies. */
export function checkPorts(objects: ObjectSet): void {
  for (const service of objects.ownOfKind('Service')) {
    const behind = objects.behind(service) ?? [];
    for (const port of service.root.at('spec', 'ports').items) {
      const target = port.at('targetPort').exists ? port.at('targetPort') : port.at('port');
      for (const workload of behind) checkContainerPort(target, workload);
    }
  }
  for (const { root } of objects.ownOfKind('Ingress')) {
    checkIngressBackend(root.at('spec', 'defaultBackend'), objects);
    for (const rule of root.at('spec', 'rules').items)
      for (const path of rule.at('http', 'paths').items) checkIngressBackend(path.at('backend'), objects);
  }
  for (const { root } of objects.ownOfKind('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'))
    for (const rule of root.at('spec', 'rules').items)
      for (const backend of rule.at('backendRefs').items) checkRouteBackend(backend, objects);
  for (const workload of objects.ownWorkloads)
    for (const container of workload.allContainers) checkProbePorts(container);
  for (const { root } of objects.ownOfKind('NetworkPolicy')) checkPolicyPorts(root, objects);
}

function checkContainerPort(target: Field, workload: Workload): void {
  if (!target.exists || hasPort(portsOf(workload), target.value)) return;
  const isName = typeof target.value === 'string';
  target.problem(
    'port-missing',
    // A port need not be declared to be open; a name has to be.
    isName ? 'high' : 'medium',
    `No container of ${workload.manifest.kind}/${workload.manifest.name} has a port ${isName ? 'called ' : ''}${String(target.value)}.`,
    useOneOf(portsOf(workload).map((port) => port.at('name').text ?? port.at('containerPort').value)),
  );
}

function checkIngressBackend(backend: Field, objects: ObjectSet): void {
  const service = backend.at('service');
  if (!service.exists) return;
  const port = service.at('port', 'name').exists ? service.at('port', 'name') : service.at('port', 'number');
  checkServicePort(service.at('name'), port, objects);
}

function checkRouteBackend(backend: Field, objects: ObjectSet): void {
  if ((backend.at('kind').text ?? 'Service') !== 'Service' || backend.at('namespace').exists) return;
  checkServicePort(backend.at('name'), backend.at('port'), objects);
}

function checkServicePort(name: Field, port: Field, objects: ObjectSet): void {
  const service = findNamed(name, 'Service', objects);
  if (!service) return;
  const ports = service.root.at('spec', 'ports').items;
  const key = typeof port.value === 'number' ? 'port' : 'name';
  if (port.exists && !ports.some((one) => one.at(key).value === port.value))
    port.problem(
      'port-missing',
      'high',
      `Service/${name.text} has no port ${String(port.value)}.`,
      useOneOf(ports.map((one) => one.at(key).value)),
    );
}

function checkProbePorts(container: Field): void {
  const ports = container.at('ports').items;
  const asked = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => container.at(name)),
    ...['postStart', 'preStop'].map((name) => container.at('lifecycle', name)),
  ].flatMap((probe) => ['httpGet', 'tcpSocket', 'grpc'].map((handler) => probe.at(handler, 'port')));
  for (const port of asked)
    if (port.exists && !hasPort(ports, port.value))
      port.problem(
        'probe-port',
        'high',
        `The container exposes no port ${String(port.value)}.`,
        useOneOf(ports.map((one) => one.at('name').text ?? one.at('containerPort').value)),
      );
}

/** Only ports by name: a number may be one that another namespace has. */
function checkPolicyPorts(policy: Field, objects: ObjectSet): void {
  const own = policy.at('spec', 'podSelector');
  for (const rule of policy.at('spec', 'ingress').items)
    for (const port of rule.at('ports').items) {
      const name = port.at('port');
      if (name.text === null || isEmptySelector(own)) continue;
      for (const workload of objects.selected(own)) checkContainerPort(name, workload);
    }
}
