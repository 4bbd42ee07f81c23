import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Probe, Service } from '../../service/types';
import { catalogueImage } from '../base-image';
import { execForm } from '../dockerfile-quoting';
import { imageLabels, imageSettings } from '../image-settings';
import { renderTemplate } from './template';

const imageKey = 'nginx-alpine';

/** What differs between the images that are built on nginx. */
export interface NginxImage {
  readonly service: Service;
  /** References that replace the catalogue's, by the catalogue's name. */
  readonly images: Readonly<Record<string, string>>;
  /** Configuration files, relative to the project; all in one folder. */
  readonly configuration: readonly string[];
  /** The entry point, a shell script. */
  readonly start: string;
  /** Further stages of the Dockerfile, and instructions at the end of its last one; lines with their ends. */
  readonly stages: string;
  readonly last: string;
  readonly ports: readonly number[];
  /** What the Dockerfile copies beside the configuration. */
  readonly copied: readonly string[];
  /** Patterns of files that are never copied. */
  readonly leftOut: readonly string[];
}

/** The Dockerfile of a service that nginx serves, and its ignore file. @throws DescriptionError where the catalogue has no image */
export function renderNginxImage(image: NginxImage): readonly RenderedFile[] {
  const { service } = image;
  const described = { project: service.name, description: posix.join(service.root, 'toolbox.yaml') };
  const configuration = image.configuration.map((path) => posix.join(service.root, path));
  const values = {
    ...described,
    configuration,
    folder: posix.dirname(configuration[0] ?? service.root),
    nginxImage: catalogueImage(service, image.images, imageKey),
    start: image.start,
    stages: image.stages,
    last: image.last,
    ports: image.ports,
    uid: service.uid,
    gid: service.gid,
    startSeconds: service.health.startSeconds,
    check: check(service.health.live, service.port),
    labels: imageLabels(service, 'NGINX_IMAGE'),
    settings: imageSettings(service),
  };
  const paths = [...configuration, ...image.copied];
  const ignored = { ...described, paths, leftOut: image.leftOut };
  return [
    generated(service, 'Dockerfile', renderTemplate('image/Dockerfile.ejs', values)),
    generated(service, 'Dockerfile.dockerignore', renderTemplate('image/dockerignore.ejs', ignored)),
  ];
}

/** A rendered file of the project. */
export function generated({ root }: Service, path: string, content: string): RenderedFile {
  return { path: posix.join(root, path), content, ownership: 'generated' };
}

/** The image has busybox, which has wget and nc. */
function check(live: Probe, port: number): string {
  const words =
    live.kind === 'http'
      ? ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${port}${live.path}`]
      : ['nc', '-z', '-w', '2', '127.0.0.1', String(port)];
  return execForm(words);
}
