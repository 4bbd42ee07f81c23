import { contextSources } from '../../dockerfiles/context-sources';
import { parseDockerfile } from '../../dockerfiles/parse-dockerfile';
import { readSimpleYaml } from '../../service/simple-yaml';
import type { DescribedProject } from './described-projects';
import { ignoreFacts } from './ignore-facts';
import type { ProjectFacts } from './project-facts';

/** Reads the few keys that decide targets. Everything else, wrong or right, is for the executors to check. */
export function serviceFacts({ description, dockerfile, ignore }: DescribedProject): ProjectFacts {
  const { target, dependencies } = buildOf(description ?? '');
  return {
    service: true,
    build: target === null || typeof target === 'string' ? target : 'build',
    pruned: dependencies === 'pruned',
    sources: sourcesOf(dockerfile),
    ignore: ignoreFacts(ignore),
  };
}

/** Paths of the build context that a Dockerfile's text names, each once. */
export function sourcesOf(dockerfile: string | null): string[] | null {
  if (dockerfile === null) return null;
  return [...new Set(contextSources(parseDockerfile(dockerfile)).map(({ path }) => path))].sort();
}

function buildOf(description: string): { target?: unknown; dependencies?: unknown } {
  try {
    const value: unknown = readSimpleYaml(description) ?? readYaml(description);
    const build = isRecord(value) ? value['build'] : undefined;
    return isRecord(build) ? build : {};
  } catch {
    // Half-edited: docker-build says what is wrong with it.
    return {};
  }
}

function readYaml(text: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only for what the fast reader leaves
  const { parse } = require('yaml') as typeof import('yaml');
  return parse(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
