import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { Service } from '../../service/types';
import { healthProgram, renderPythonImage } from '../python/render-image';

/** Dockerfile and ignore file of a Celery app: one image, in which the first argument says the role. */
export function renderImage(
  service: Service,
  images: Readonly<Record<string, string>> = {},
): readonly RenderedFile[] {
  const { live } = service.health;
  return renderPythonImage(service, images, {
    serves: false,
    start: program('start.py'),
    health: live.kind === 'exec' ? program('heartbeat.py') : healthProgram(live),
    arguments: [service.build.main],
    command: service.roles[0]?.command ?? ['worker'],
  });
}

function program(name: string): string {
  return readFileSync(join(__dirname, 'files/image', name), 'utf8');
}
