import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Service } from '../../service/types';
import { generated, renderNginxImage } from '../nginx/dockerfile';
import { renderTemplate } from './template';

const configuration = 'nginx/nginx.conf';

/** The site's nginx configuration, its Dockerfile and ignore file. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
): readonly RenderedFile[] {
  const values = {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    slug: service.slug,
    port: service.port,
    output: service.build.output,
    main: service.build.main,
  };
  return [
    generated(service, configuration, renderTemplate('image/nginx.conf.ejs', values)),
    ...renderNginxImage({
      service,
      images,
      configuration: [configuration],
      start: renderTemplate('image/start.sh.ejs', values),
      stages: renderTemplate('image/site.ejs', values),
      last: renderTemplate('image/last.ejs', values),
      ports: [service.port],
      copied: [service.build.output],
      leftOut: ['**/*.map'],
    }),
  ];
}
