import { runtimes } from '../runtimes/registry.gen';
import type { Runtime } from '../runtimes/runtime';
import { suggest } from '../service/choices';
import { DescriptionError } from '../service/description-error';
import { descriptionFile } from '../service/resolve-service';
import type { RuntimeDefaults, Service } from '../service/types';

/** The runtime of that name. `file` and `key` say where the name stands. @throws DescriptionError with the choices. */
export function runtimeOf(name: string, file: string, key = 'runtime'): Runtime {
  const runtime = runtimes.find((candidate) => candidate.name === name);
  if (runtime) return runtime;
  const names = runtimes.map((candidate) => candidate.name);
  throw new DescriptionError({ file, key, message: `${name} is not a runtime. ${suggest(name, names)}` });
}

/** What the service's runtime contributes. @throws DescriptionError where the description names no runtime */
export function defaultsOf({ runtime, root }: Pick<Service, 'runtime' | 'root'>): RuntimeDefaults {
  return runtimeOf(runtime, descriptionFile(root)).defaults;
}
