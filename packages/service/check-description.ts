import { mergeEnvironment } from './environment';
import { insidePathProblem, writablePathProblem } from './paths';
import { parseRange, quantityValue } from './quantity';
import { formatPath, type LocatedProblem } from './schema-problems';
import type { EnvironmentOverrides, ServiceDescription } from './service.gen';

/** What a schema cannot say: values that contradict each other, and paths that must stay where they belong. */
export function checkServiceDescription(description: ServiceDescription): readonly LocatedProblem[] {
  const problems = [...checkRuntimeKeys(description, [])];
  const report = (path: readonly string[], message: string | null) => {
    if (message !== null) problems.push(problem(path, message));
  };
  description.writes?.forEach((path, i) => report(['writes', String(i)], writablePathProblem(path)));
  const { output, main } = description.build ?? {};
  if (output !== undefined) report(['build', 'output'], insidePathProblem(output, 'the workspace'));
  if (main !== undefined) report(['build', 'main'], insidePathProblem(main, 'build.output'));
  // Where the service itself is wrong, each environment would only say so again.
  if (problems.length === 0)
    for (const name of Object.keys(description.env ?? {}))
      problems.push(...checkEnvironment(description, name));
  return problems;
}

/** What holds in an environment: the service's keys with those of the environment over them. */
function checkEnvironment(description: ServiceDescription, name: string): readonly LocatedProblem[] {
  const merged = mergeEnvironment(description, name);
  const problems = [...checkRuntimeKeys(merged, ['env', name])];
  if (merged.expose && !merged.expose.host)
    problems.push(problem(['env', name, 'expose'], 'host is missing'));
  return problems;
}

/** Checks of the keys that may differ per environment. */
function checkRuntimeKeys(
  { resources, scale, settings }: EnvironmentOverrides,
  above: readonly string[],
): readonly LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  for (const key of ['cpu', 'memory'] as const) {
    const range = resources?.[key];
    if (range === undefined) continue;
    const { request, limit } = parseRange(range);
    if (typeof range === 'number' && Number(range.toFixed(3)) !== range)
      problems.push(problem([...above, 'resources', key], `${range} is finer than a thousandth, 0.001`));
    else if (quantityValue(limit) <= 0)
      problems.push(problem([...above, 'resources', key], `the limit ${limit} is nothing`));
    else if (quantityValue(request) > quantityValue(limit))
      problems.push(
        problem([...above, 'resources', key], `the request ${request} is more than the limit ${limit}`),
      );
  }
  if (scale?.min !== undefined && scale.max !== undefined && scale.min > scale.max)
    problems.push(
      problem([...above, 'scale', 'min'], `${scale.min} is more than max, which is ${scale.max}`),
    );
  for (const name of Object.keys(settings ?? {}))
    if (looksSecret(name))
      problems.push(
        problem([...above, 'settings', name], 'is a secret by its name. Name it under secrets instead'),
      );
  return problems;
}

/** Settings end up in images and manifests, so a name that only a secret has is refused; `…_FILE` names its file. */
function looksSecret(name: string): boolean {
  return /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|PRIVATE_KEY|API_KEY|ACCESS_KEY)$/i.test(name);
}

function problem(path: readonly string[], message: string): LocatedProblem {
  return { path, key: formatPath(path), onKey: false, message };
}
