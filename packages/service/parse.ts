import { checkBacking } from './backing';
import { checkServiceDescription } from './check-description';
import { DescriptionError } from './description-error';
import { schemaProblems, type LocatedProblem } from './schema-problems';
import type { PluginOptions } from './plugin-options.gen';
import type { ServiceDescription } from './service.gen';
import { readSimpleYaml } from './simple-yaml';
import type { StackDescription } from './stack.gen';
import { validatePluginOptions, validateService, validateStack, type Validator } from './validators.gen';

/**
 * Reads a service's `toolbox.yaml`. `file` is its path relative to the workspace root, for messages.
 * @throws DescriptionError with every problem of the text and its line.
 */
export function parseServiceDescription(text: string, file: string): ServiceDescription {
  return parseDescription(text, file, validateService, checkServiceDescription, 'runtime: node');
}

/**
 * Reads the stack's `toolbox.yaml`. `file` is its path relative to the workspace root, for messages.
 * @throws DescriptionError with every problem of the text and its line.
 */
export function parseStackDescription(text: string, file: string): StackDescription {
  return parseDescription(text, file, validateStack, checkBacking, 'name: acme');
}

/**
 * Checks the options of the plugin as Nx hands them over: nothing at all counts as no options.
 * @throws DescriptionError
 */
export function parsePluginOptions(options: unknown, file = 'nx.json'): PluginOptions {
  const value = options ?? {};
  if (validatePluginOptions(value)) return value;
  const problems = schemaProblems(validatePluginOptions.errors ?? []);
  throw new DescriptionError(
    problems.map(({ key, message }) => ({
      file,
      key: key === '' ? 'options of toolbox' : `options of toolbox: ${key}`,
      message,
    })),
  );
}

function parseDescription<T>(
  text: string,
  file: string,
  validate: Validator<T>,
  check: (description: T) => readonly LocatedProblem[],
  example: string,
): T {
  const simple = readSimpleYaml(text);
  if (simple !== null && validate(simple) && check(simple).length === 0) return simple;

  // Everything unusual: other styles of YAML, and every mistake, which needs its line.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes longer to load than all else here to run
  const { readYaml, locateProblem } = require('./yaml-document') as typeof import('./yaml-document');
  const yaml = readYaml(text, file, example);
  const { value } = yaml;
  if (value === null)
    throw new DescriptionError({ file, key: '', message: `is empty. Start with ${example}` });
  const problems = validate(value) ? check(value) : schemaProblems(validate.errors ?? []);
  if (problems.length > 0)
    throw new DescriptionError(
      problems
        .map((problem) => locateProblem(problem, yaml, file))
        .sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    );
  return value as T;
}
