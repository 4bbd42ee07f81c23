import type { RenderedFile } from '../packages/files/types';
import type { RenderContext } from '../packages/runtimes/runtime';
import type { Service, Stack } from '../packages/service/types';

/** What a renderer may know besides the service itself. */
export interface OutputContext extends RenderContext {
  /** References that replace the catalogue's, by the catalogue's name. */
  readonly images: Readonly<Record<string, string>>;
  readonly stack: Stack;
  /** Tag that a built image gets when it is loaded. */
  readonly tag: string;
  /** The services as they are in one environment, in the same order as `services`. */
  readonly inEnvironment: (environment: string) => readonly Service[];
}

/** One family of files, rendered from descriptions alone. `generators/<name>/output.ts` exports one as `output`. */
export interface Output {
  /** Name of the generator that makes it. */
  readonly scope: string;
  /** Files of one service, which lie in its folder. */
  readonly render?: (service: Service, context: OutputContext) => readonly RenderedFile[];
  /** Files that all services have together. */
  readonly renderStack?: (context: OutputContext) => readonly RenderedFile[];
}
