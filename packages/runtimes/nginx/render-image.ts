import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Service } from '../../service/types';
import type { RenderContext } from '../runtime';
import { generated, renderNginxImage } from './dockerfile';
import { extraFile, mainFile, serversFile } from './files-of-proxy';
import { routesOf } from './routes';
import { renderTemplate } from './template';

/** Where TLS is taken; the service's own port then only sends callers there. */
export const tlsPort = 8443;
/** Seconds that requests in flight have at a stop; engines wait ten before they kill. */
const stopSeconds = 8;

/** The proxy's configuration, its Dockerfile and ignore file. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
  context: RenderContext = { services: [] },
): readonly RenderedFile[] {
  const hosts = routesOf(service, context.services).map(({ name, routes }) => ({
    name,
    routes: routes.map((route) => ({
      ...route,
      pattern: route.prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    })),
  }));
  const values = {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    slug: service.slug,
    port: service.port,
    tlsPort,
    tls: service.proxy.tls,
    proxy: service.proxy,
    stopSeconds,
    hosts,
    limits: hosts.flatMap(({ routes }) => routes.filter(({ rate }) => rate !== null)),
  };
  return [
    generated(service, mainFile, renderTemplate('conf/nginx.conf.ejs', values)),
    generated(service, serversFile, renderTemplate('conf/servers.conf.ejs', values)),
    ...renderNginxImage({
      service,
      images,
      configuration: [mainFile, serversFile, extraFile],
      start: renderTemplate('image/start.sh.ejs', {}),
      stages: '',
      last: '',
      ports: service.proxy.tls ? [service.port, tlsPort] : [service.port],
      copied: [],
      leftOut: [],
    }),
  ];
}
