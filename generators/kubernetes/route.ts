import { DescriptionError } from '../../packages/service/description-error';
import { descriptionFile } from '../../packages/service/resolve-service';
import type { Exposure, KubernetesSettings, Service, Stack } from '../../packages/service/types';
import { labelsOf, type KubernetesObject } from './kubernetes-object';

/** What leads requests from outside to a published service. `exposures`: its own, or, for a proxy, those of all behind it. */
export function routeOf(
  service: Service,
  exposures: readonly Exposure[],
  stack: Stack,
  settings: KubernetesSettings,
): KubernetesObject {
  const metadata = { name: service.slug, labels: labelsOf(service.slug, stack) };
  return settings.route === 'gateway'
    ? {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata,
        spec: httpRoute(service, exposures, settings),
      }
    : {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata,
        spec: ingress(service, exposures, settings),
      };
}

function ingress(service: Service, exposures: readonly Exposure[], { ingressClass }: KubernetesSettings) {
  const backend = { service: { name: service.slug, port: { name: 'http' } } };
  if (exposures.some(({ stripPath }) => stripPath))
    throw new DescriptionError({
      file: descriptionFile(service.root),
      key: 'expose.stripPath',
      message:
        'an Ingress has no way to take the prefix off. Use a proxy (runtime nginx), or `route: gateway`',
    });
  return {
    ingressClassName: ingressClass,
    tls: [{ hosts: hostsOf(exposures) }],
    rules: hostsOf(exposures).map((host) => ({
      host,
      http: {
        paths: exposures
          .filter((one) => one.host === host)
          .map(({ path }) => ({ path, pathType: 'Prefix', backend })),
      },
    })),
  };
}

function httpRoute({ slug, port }: Service, exposures: readonly Exposure[], settings: KubernetesSettings) {
  return {
    parentRefs: [{ name: settings.gateway, namespace: settings.entryNamespace }],
    hostnames: hostsOf(exposures),
    rules: exposures
      .filter(({ path }, at) => exposures.findIndex((one) => one.path === path) === at)
      .map(({ path, stripPath }) => ({
        matches: [{ path: { type: 'PathPrefix', value: path } }],
        ...(stripPath
          ? {
              filters: [
                {
                  type: 'URLRewrite',
                  urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
                },
              ],
            }
          : {}),
        backendRefs: [{ name: slug, port }],
      })),
  };
}

function hostsOf(exposures: readonly Exposure[]): readonly string[] {
  return [...new Set(exposures.map(({ host }) => host))].sort();
}
