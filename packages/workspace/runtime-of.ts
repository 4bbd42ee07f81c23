import { runtimes } from '../runtimes/registry.gen';
import type { Runtime } from '../runtimes/runtime';
import { suggest } from '../service/choices';
import { DescriptionError } from '../service/description-error';

/** The runtime of that name. `file` and `key` say where the name stands. @throws DescriptionError with the choices. */
export function runtimeOf(name: string, file: string, key = 'runtime'): Runtime {
  const runtime = runtimes.find((candidate) => candidate.name === name);
  if (runtime) return runtime;
  const names = runtimes.map((candidate) => candidate.name);
  throw new DescriptionError({ file, key, message: `${name} is not a runtime. ${suggest(name, names)}` });
}
