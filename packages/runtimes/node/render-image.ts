import { posix } from 'node:path';
import type { Service } from '../../service/types';
import { imageLabels, imageSettings } from '../image-settings';
import type { RenderedFile } from '../../files/types';
import { baseImages } from './base-images';
import { appFolder, installFacts } from './install';
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
    shell: shell(service),
    collectRuntime: collectLibraries('/rootfs', baseImage ? ['/base'] : []),
    // Debian's and Alpine's own bases have the whole C library; of what is in no image, a native module brings its own.
    collectNative: deps && !baseImage ? collectLibraries('/libraries', ['/runtime']) : null,
    installCompiler: isAlpine(service)
      ? 'apk add --no-cache python3 make g++'
      : 'apt-get update && apt-get install --yes --no-install-recommends python3 make g++',
    appFolder: appFolder(service),
    uid: service.uid,
    gid: service.gid,
    port: service.port,
    live: service.health.live,
    livePath: service.health.live.kind === 'http' ? `'${service.health.live.path}'` : '',
    startSeconds: service.health.startSeconds,
    output: service.build.output,
    main: JSON.stringify(service.build.main),
    labels: imageLabels(service, baseImage ? 'BASE_IMAGE' : null),
    settings: imageSettings(service),
  };
  const parts = [
    'header',
    isAlpine(service) ? 'runtime-alpine' : 'runtime-debian',
    'account',
    ...(deps ? ['install'] : []),
    'final',
  ];
  return parts.map((part) => renderTemplate(`image/${part}.ejs`, values)).join('');
}

/** A loop that reads paths of libraries and copies those that are in none of the folders `present` to `target`. */
function collectLibraries(target: string, present: readonly string[]): string {
  return renderTemplate('image/collect-libraries.ejs', { target, present });
}

function isAlpine({ base }: Service): boolean {
  return base === 'alpine';
}

/** A command that fails ends the build, in a pipe, too. */
function shell(service: Service): string {
  return [isAlpine(service) ? '/bin/ash' : '/bin/bash', '-euo', 'pipefail', '-c']
    .map((word) => `"${word}"`)
    .join(', ');
}

function renderIgnoreFile(service: Service): string {
  const { output, dependencies } = service.build;
  return renderTemplate('image/dockerignore.ejs', {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    folders: dependencies === 'pruned' ? [output, installFacts(service).folder] : [output],
  });
}
