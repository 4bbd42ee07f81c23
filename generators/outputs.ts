import type { RenderedFile } from '../packages/files/types';
import type { Service } from '../packages/service/types';
import type { FileSet } from '../packages/workspace/write-rendered';
import { renderDockerfile } from './dockerfile/render';

/** What a renderer may know besides the service itself. */
export interface OutputContext {
  /** References that replace the catalogue's, by the catalogue's name. */
  readonly images: Readonly<Record<string, string>>;
}

/** One family of files that a service has, rendered from its description alone. */
export interface Output {
  /** Name of the generator that makes it. */
  readonly scope: string;
  readonly render: (service: Service, context: OutputContext) => readonly RenderedFile[];
}

/** Every family that belongs to one service, in the order in which `service` and `sync` write them. */
export const outputs: readonly Output[] = [{ scope: 'dockerfile', render: renderDockerfile }];

/** Files of some services, as the writer takes them. Pure. */
export function renderServices(services: readonly Service[], context: OutputContext): readonly FileSet[] {
  return services.flatMap((service) =>
    outputs.map(({ scope, render }) => ({ owner: service.root, scope, files: render(service, context) })),
  );
}
