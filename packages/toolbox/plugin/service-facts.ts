import { contextSources } from '../../dockerfiles/context-sources';
import { parseDockerfile } from '../../dockerfiles/parse-dockerfile';
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
  const section = buildSection(description);
  if (section === '') return {};
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only when a description changed
    const { parse } = require('yaml') as typeof import('yaml');
    const value: unknown = parse(section);
    const build = isRecord(value) ? value['build'] : undefined;
    return isRecord(build) ? build : {};
  } catch {
    // Half-edited: docker-build says what is wrong with it.
    return {};
  }
}

/**
 * The lines of the key `build` where the file is an ordinary block map, else all of it: parsing a whole description takes a hundred times
 * as long, and there may be hundreds.
 */
function buildSection(text: string): string {
  const lines = text.split(/\r?\n/);
  const ordinary =
    lines.every((line) => /^([\w-]+:(\s|$)|\s|#|$|---\s*$|- )/.test(line)) &&
    !/[&*<|>?!]/.test(text.replace(/#.*/g, ''));
  if (!ordinary) return text;
  const start = lines.findIndex((line) => /^build:/.test(line));
  if (start < 0) return '';
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#]/.test(line));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
