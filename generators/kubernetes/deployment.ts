import { createHash } from 'node:crypto';
import type { ServiceContainer } from '../../packages/service/edges';
import type { Probe, Service, Stack } from '../../packages/service/types';
import { hardened, mountsOf, podOf, resourcesOf } from './hardening';
import { labelsOf, selectorOf, type KubernetesObject } from './kubernetes-object';

/** Seconds until every node knows that a pod takes no more connections. */
const drainSeconds = 5;

/** Seconds that a program has to finish what it does, as Compose gives it. */
const stopSeconds = 30;

/** Where the proxy takes TLS connections in its container; see packages/runtimes/nginx. */
export const tlsPort = 8443;

/** The Deployment of one container of a service. A role that may run once is never scaled, and never runs twice while it is replaced. */
export function deploymentOf(
  service: Service,
  { name, role }: ServiceContainer,
  settings: Service['settings'],
  stack: Stack,
): KubernetesObject {
  const { slug, uid, gid, secrets, image } = service;
  const writes = [...new Set([...service.writes, ...(role?.writes ?? [])])].sort();
  const { volumes, volumeMounts } = mountsOf(writes, secrets);
  const container = {
    name: slug,
    image: image.repository,
    imagePullPolicy: 'IfNotPresent',
    ...(role ? { args: role.command } : {}),
    ports: [
      { name: 'http', containerPort: service.port },
      ...(service.proxy.tls ? [{ name: 'https', containerPort: tlsPort }] : []),
    ],
    envFrom: [{ configMapRef: { name: slug } }],
    ...probesOf(service),
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
    resources: resourcesOf(service.resources, writes),
    securityContext: hardened,
    volumeMounts,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: labelsOf(name, stack) },
    spec: {
      ...(role?.single
        ? { replicas: 1, strategy: { type: 'Recreate' } }
        : { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } }),
      minReadySeconds: 5,
      progressDeadlineSeconds: Math.max(300, service.health.startSeconds * 2),
      revisionHistoryLimit: 5,
      selector: { matchLabels: selectorOf(name, stack) },
      template: {
        metadata: {
          labels: labelsOf(name, stack),
          annotations: { 'checksum/settings': checksum(settings) },
        },
        spec: {
          serviceAccountName: slug,
          ...podOf(name, uid, gid, stack),
          terminationGracePeriodSeconds: drainSeconds + stopSeconds,
          containers: [container],
          volumes,
        },
      },
    },
  };
}

function probesOf({ health: { live, ready, startSeconds } }: Service): object {
  return {
    startupProbe: { ...handlerOf(live), periodSeconds: 5, failureThreshold: Math.ceil(startSeconds / 5) },
    livenessProbe: { ...handlerOf(live), periodSeconds: 10, failureThreshold: 3 },
    readinessProbe: { ...handlerOf(ready), periodSeconds: 5, failureThreshold: 3 },
  };
}

function handlerOf(probe: Probe): object {
  switch (probe.kind) {
    case 'http':
      return { httpGet: { path: probe.path, port: 'http' }, timeoutSeconds: 3 };
    case 'tcp':
      return { tcpSocket: { port: 'http' }, timeoutSeconds: 3 };
    case 'exec':
      // A program of its own has to start first.
      return { exec: { command: probe.command }, timeoutSeconds: 10 };
  }
}

function checksum(settings: Service['settings']): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
}
