import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Service } from '../../service/types';
import { execForm } from '../dockerfile-quoting';
import { imageLabels, imageSettings } from '../image-settings';
import { baseImages } from './base-images';
import { moduleFolder, packagePath } from './module-folder';
import { renderTemplate } from './template';

const program = '/app/server';
const healthProgram = '/usr/local/lib/toolbox/health';
const zones = '/usr/local/lib/toolbox/zoneinfo.zip';

/** The Dockerfile of a service and the ignore file that keeps the build context to what it copies. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
): readonly RenderedFile[] {
  const described = {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    output: service.build.output,
  };
  return [
    {
      path: posix.join(service.root, 'Dockerfile'),
      content: renderDockerfile(service, images, described),
      ownership: 'generated',
    },
    {
      path: posix.join(service.root, 'Dockerfile.dockerignore'),
      content: renderTemplate('image/dockerignore.ejs', described),
      ownership: 'generated',
    },
  ];
}

function renderDockerfile(
  service: Service,
  images: Readonly<Record<string, string>>,
  described: Readonly<Record<string, string>>,
): string {
  const { goImage, baseImage } = baseImages(service, images);
  const folder = moduleFolder(service.build);
  const main = packagePath(service.build.main);
  const values = {
    ...described,
    goImage,
    baseImage,
    folder,
    // Where the module lies in the stages, which hold `output` at /src.
    workingFolder: posix.join('/src', posix.relative(service.build.output, folder)),
    main,
    uid: service.uid,
    gid: service.gid,
    port: service.port,
    health: renderTemplate('image/health.go.ejs', { live: service.health.live }),
    startSeconds: service.health.startSeconds,
    labels: imageLabels(service, baseImage ? 'BASE_IMAGE' : null),
    settings: imageSettings(service, {
      // Go's own variable: without it a program finds no time zones on an empty base.
      ZONEINFO: zones,
    }),
    check: execForm([healthProgram]),
    entrypoint: execForm([program]),
    program,
    healthProgram,
    zones,
  };
  const parts = ['header', 'modules', 'build', 'rootfs', 'final'];
  return parts.map((part) => renderTemplate(`image/${part}.ejs`, values)).join('');
}
