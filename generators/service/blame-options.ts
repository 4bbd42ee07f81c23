import { DescriptionError, type Problem } from '../../packages/service/description-error';
import type { ServiceGeneratorSchema } from './schema.gen';

/** The option that gives a key of the description. */
const optionOf: Readonly<Record<string, keyof ServiceGeneratorSchema>> = {
  base: 'base',
  budget: 'budget',
  calls: 'calls',
  'expose.host': 'host',
  'expose.path': 'path',
  expose: 'path',
  'health.live': 'health',
  'health.ready': 'ready',
  port: 'port',
  uid: 'uid',
  uses: 'uses',
  version: 'runtimeVersion',
};

/** Runs `work`; a mistake in what came from the command line is reported there, not in a file that is not written. */
export async function blameOptions<T>(options: ServiceGeneratorSchema, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DescriptionError)) throw error;
    throw new DescriptionError(error.problems.map((problem) => blame(problem, options)));
  }
}

function blame(problem: Problem, options: ServiceGeneratorSchema): Problem {
  const option = optionOf[problem.key.replace(/[.[]\d+\]?$/, '')];
  if (option === undefined || options[option] === undefined) return problem;
  return { file: `--${option}`, key: '', message: problem.message };
}
