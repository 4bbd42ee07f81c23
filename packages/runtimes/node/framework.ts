import type { SourceFile } from './sources';

export type Framework = 'fastify' | 'nest' | 'express' | 'koa' | 'hono' | 'http';

/** Nest stands before what it is built on: a Nest app may import `express`, too. */
const imports: readonly (readonly [Framework, RegExp])[] = [
  ['nest', /@nestjs\/core/],
  ['fastify', /fastify/],
  ['express', /express/],
  ['koa', /koa/],
  ['hono', /hono|@hono\/node-server/],
  ['http', /(?:node:)?https?|(?:node:)?http2/],
];

/** The web framework whose package the sources import, or null: then the app may be no server at all. */
export function detectFramework(sources: readonly SourceFile[]): Framework | null {
  for (const [framework, name] of imports) {
    const statement = new RegExp(`(?:\\bfrom\\s*|\\b(?:require|import)\\(\\s*)['"](?:${name.source})['"]`);
    if (sources.some(({ content }) => statement.test(content))) return framework;
  }
  return null;
}
