import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Probe, Service } from '../../service/types';
import { execForm } from '../dockerfile-quoting';
import { imageLabels, imageSettings } from '../image-settings';
import { baseImages } from './base-images';
import { entryFiles } from './entry';
import { renderIgnoreFile } from './ignore-file';
import { installFacts } from './install';
import { server } from './lock-tools';
import { renderTemplate } from './template';

/** The two programs of an image on Python, and how it starts. */
export interface ImagePrograms {
  /** Text of start.py, which becomes the first process. */
  readonly start: string;
  /** Text of health.py, which ends with 0 where the service works. */
  readonly health: string;
  /** Arguments of start.py that every role has, and those of the default role. */
  readonly arguments: readonly string[];
  readonly command: readonly string[];
  /** Does start.py need uvicorn? */
  readonly serves: boolean;
}

const folder = '/usr/local/lib/toolbox';

/** Asks health.py. Without the site packages Python starts in a hundredth of a second. */
export const healthCommand = ['/usr/local/bin/python3', '-I', '-S', `${folder}/health.py`] as const;

/** Dockerfile and ignore file of a service that starts a module, a script or an ASGI app. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
): readonly RenderedFile[] {
  return renderPythonImage(service, images, {
    start: renderTemplate('image/start.py.ejs', {}),
    health: healthProgram(service.health.live),
    arguments: [],
    command: [service.build.main],
    serves: /:.*[^)]$/.test(service.build.main),
  });
}

/** health.py for a probe of the service's port. */
export function healthProgram(live: Probe): string {
  return renderTemplate('image/health.py.ejs', { path: live.kind === 'http' ? live.path : null });
}

/** Dockerfile and ignore file of any service on Python. */
export function renderPythonImage(
  service: Service,
  images: Readonly<Record<string, string>>,
  programs: ImagePrograms,
): readonly RenderedFile[] {
  const install = installFacts(service);
  const inside = `${service.build.output}/`;
  const outside = install.folders.flatMap(({ files }) => files).filter((file) => !file.startsWith(inside));
  return [
    {
      path: posix.join(service.root, 'Dockerfile'),
      content: renderDockerfile(service, images, programs),
      ownership: 'generated',
    },
    {
      path: posix.join(service.root, 'Dockerfile.dockerignore'),
      content: renderIgnoreFile(service, outside),
      ownership: 'generated',
    },
  ];
}

function renderDockerfile(
  service: Service,
  images: Readonly<Record<string, string>>,
  programs: ImagePrograms,
): string {
  const { pythonImage, baseImage } = baseImages(service, images);
  const alpine = service.base === 'alpine';
  const base = baseImage ? ['/base'] : [];
  const values = {
    project: service.name,
    description: posix.join(service.root, 'toolbox.yaml'),
    pythonImage,
    baseImage,
    alpine,
    ...installFacts(service),
    server: programs.serves ? server : [],
    // A command that fails ends the build, in a pipe, too.
    shell: execForm([alpine ? '/bin/ash' : '/bin/bash', '-euo', 'pipefail', '-c']),
    collectRuntime: renderTemplate('image/collect-libraries.ejs', {
      alpine,
      target: '/rootfs',
      present: base,
    }),
    collectNative: renderTemplate('image/collect-libraries.ejs', {
      alpine,
      target: '/libraries',
      present: ['/runtime', ...base],
    }),
    installCompiler: alpine
      ? 'apk add --no-cache gcc g++ make musl-dev'
      : 'apt-get update && apt-get install --yes --no-install-recommends gcc g++ make libc6-dev',
    uid: service.uid,
    gid: service.gid,
    port: service.port,
    output: service.build.output,
    main: service.build.main,
    entries: entryFiles(service),
    start: programs.start,
    health: programs.health,
    startSeconds: service.health.startSeconds,
    labels: imageLabels(service, baseImage ? 'BASE_IMAGE' : null),
    settings: imageSettings(service, {
      PATH: '/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    }),
    check: execForm(healthCommand),
    entrypoint: execForm(['/opt/venv/bin/python', `${folder}/start.py`, ...programs.arguments]),
    command: execForm(programs.command),
  };
  const parts = ['header', 'runtime', 'account', 'deps', 'app', 'final'];
  return parts.map((part) => renderTemplate(`image/${part}.ejs`, values)).join('');
}
