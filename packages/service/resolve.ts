/** The only place with defaults: description + facts of the project + stack + runtime -> the complete model. */
export { resolvePluginOptions, type ResolvedPluginOptions } from './resolve-plugin-options';
export { resolveService, type OtherService } from './resolve-service';
export { resolveStack } from './resolve-stack';
