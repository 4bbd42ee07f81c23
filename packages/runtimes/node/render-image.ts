import { posix } from 'node:path';
import type { Service } from '../../service/types';
import type { RenderedFile } from '../../files/types';
import { baseImages } from './base-images';
import { quoteValue } from './dockerfile-quoting';
import { installFacts } from './install';
import { renderTemplate } from './template';

/** The Dockerfile of a service and the ignore file that keeps the build context to what it copies. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
): readonly RenderedFile[] {
  return [
    {
      path: posix.join(service.root, 'Dockerfile'),
      content: renderDockerfile(service, images),
      ownership: 'generated',
    },
    {
      path: posix.join(service.root, 'Dockerfile.dockerignore'),
      content: renderIgnoreFile(service),
      ownership: 'generated',
    },
  ];
}

function renderDockerfile(service: Service, images: Readonly<Record<string, string>>): string {
  const { nodeImage, baseImage } = baseImages(service, images);
  const deps = service.build.dependencies === 'pruned' ? installFacts(service) : null;
  const values = {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    nodeImage,
    baseImage,
    deps,
    shell:
      service.base === 'alpine'
        ? '"/bin/ash", "-euo", "pipefail", "-c"'
        : '"/bin/bash", "-euo", "pipefail", "-c"',
    uid: service.uid,
    gid: service.gid,
    port: service.port,
    live: service.health.live,
    livePath: service.health.live.kind === 'http' ? `'${service.health.live.path}'` : '',
    startSeconds: service.health.startSeconds,
    output: service.build.output,
    main: JSON.stringify(service.build.main),
    labels: labels(service, baseImage),
    settings: settings(service),
  };
  const parts = [
    'header',
    service.base === 'alpine' ? 'runtime-alpine' : 'runtime-debian',
    'account',
    ...(deps ? ['install'] : []),
    'final',
  ];
  return parts.map((part) => renderTemplate(`image/${part}.ejs`, values)).join('');
}

/** Standard names: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
function labels(service: Service, baseImage: string | null): readonly (readonly [string, string])[] {
  const prefix = 'org.opencontainers.image.';
  return [
    [`${prefix}title`, quoteValue(service.slug)],
    [`${prefix}version`, '"${VERSION}"'],
    [`${prefix}revision`, '"${REVISION}"'],
    [`${prefix}base.name`, baseImage ? '"${BASE_IMAGE}"' : quoteValue('scratch')],
  ];
}

/** The service's own settings win over what the image says of itself. */
function settings(service: Service): readonly (readonly [string, string])[] {
  const own = Object.entries({ PORT: String(service.port), SERVICE_NAME: service.slug, ...service.settings });
  const quoted = own.map(([name, value]) => [name, quoteValue(value)] as const);
  const version = 'SERVICE_VERSION' in service.settings ? [] : [['SERVICE_VERSION', '"${VERSION}"'] as const];
  return [...quoted, ...version].sort(([a], [b]) => (a < b ? -1 : 1));
}

function renderIgnoreFile(service: Service): string {
  const { output, dependencies } = service.build;
  return renderTemplate('image/dockerignore.ejs', {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    folders: dependencies === 'pruned' ? [output, installFacts(service).folder] : [output],
  });
}
