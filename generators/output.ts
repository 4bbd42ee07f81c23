import type { RenderedFile } from '../packages/files/types';
import type { RenderContext } from '../packages/runtimes/runtime';
import type { Service } from '../packages/service/types';

/** What a renderer may know besides the service itself. */
export interface OutputContext extends RenderContext {
  /** References that replace the catalogue's, by the catalogue's name. */
  readonly images: Readonly<Record<string, string>>;
}

/** One family of files that a service has, rendered from its description alone. `generators/<name>/output.ts` exports one as `output`. */
export interface Output {
  /** Name of the generator that makes it. */
  readonly scope: string;
  readonly render: (service: Service, context: OutputContext) => readonly RenderedFile[];
}
