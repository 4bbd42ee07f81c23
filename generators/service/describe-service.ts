import type { Tree } from '@nx/devkit';
import { runtimes } from '../../packages/runtimes/registry.gen';
import type { Detection, Runtime } from '../../packages/runtimes/runtime';
import { listChoices } from '../../packages/service/choices';
import { DescriptionError } from '../../packages/service/description-error';
import { mergeIntoDescription, schemaHeader } from '../../packages/service/merge-description';
import { parseServiceDescription } from '../../packages/service/parse';
import { descriptionFile } from '../../packages/service/resolve-service';
import type { ServiceDescription } from '../../packages/service/service.gen';
import { readTargets } from '../../packages/workspace/projects';
import { runtimeOf } from '../../packages/workspace/runtime-of';
import { readDescriptions, resolveDescribed, resolveOthers } from '../../packages/workspace/stack-reader';
import { treeReader } from '../../packages/workspace/tree-reader';
import { blameOptions } from './blame-options';
import { changesOfDetection, changesOfNumbers, changesOfOptions, withoutDefaults } from './described-changes';
import type { ServiceGeneratorSchema } from './schema.gen';
import { findSubject } from './subject';
import { writeNewApp } from './write-new-app';

/** A service whose description is in the tree. */
export interface Described {
  readonly name: string;
  readonly root: string;
  /** Lines for the user about what was not found in an existing project. */
  readonly notes: readonly string[];
  readonly packagesChanged: boolean;
}

/**
 * Writes the description of a service and, where there is no project of that name, a new app. What the user wrote comes first, then
 * the options, then what is found in the project; the last two only add to a description that is there.
 * @throws DescriptionError for every mistake of the user's, before or after changes to the tree
 */
export async function describeService(tree: Tree, options: ServiceGeneratorSchema): Promise<Described> {
  const { name, root, isNew } = findSubject(tree, options);
  const file = descriptionFile(root);
  const before = tree.read(file, 'utf-8');
  const known = before === null ? null : parseServiceDescription(before, file);
  const named = options.runtime
    ? runtimeOf(options.runtime, '--runtime', '')
    : known
      ? runtimeOf(known.runtime, file)
      : null;
  const runtime = named ?? (isNew ? runtimeOf('node', file) : await recogniseRuntime(tree, name));
  const merge = (text: string | null, changes: Partial<ServiceDescription>) =>
    mergeIntoDescription(text, changes, schemaHeader(root, 'service'), file);

  const asked = merge(before, { runtime: runtime.name, ...changesOfOptions(options) });
  const described = readDescriptions(tree);
  const others = resolveOthers(tree, described, name);
  const resolve = (text: string, detection?: Detection) => {
    const description = parseServiceDescription(text, file);
    return resolveDescribed(
      tree,
      described.stack,
      { name, root, description },
      others,
      detection?.facts.detected,
    );
  };

  return blameOptions(options, async () => {
    const packagesChanged =
      isNew && (await writeNewApp(tree, runtime, { name, root, port: resolve(asked).port }));
    const description = parseServiceDescription(asked, file);
    const detection = await detectProject(tree, runtime, name, description);
    const found = withoutDefaults(changesOfDetection(detection, description), runtime, root);
    const complete = merge(asked, found);
    const text = merge(complete, changesOfNumbers(resolve(complete, detection), detection, found));
    resolve(text, detection);
    if (text !== before) tree.write(file, text);
    return { name, root, notes: isNew || known ? [] : detection.notes, packagesChanged };
  });
}

/**
 * The runtime of an existing project whose runtime nobody names: the highest in rank that recognises it.
 * @throws DescriptionError where none does, with the choices; what a runtime found wrong with the project says more than that
 */
async function recogniseRuntime(tree: Tree, name: string): Promise<Runtime> {
  const project = await readTargets(tree, name);
  let problem: DescriptionError | undefined;
  for (const runtime of [...runtimes].sort((a, b) => b.rank - a.rank)) {
    try {
      if (runtime.detect(project, treeReader(tree))) return runtime;
    } catch (error) {
      if (!(error instanceof DescriptionError)) throw error;
      problem ??= error;
    }
  }
  throw (
    problem ??
    new DescriptionError({
      file: project.root,
      key: '',
      message: `nothing tells which runtime ${name} is of. Name it with --runtime: ${listChoices(runtimes.map((runtime) => runtime.name))}`,
    })
  );
}

/** @throws DescriptionError where the project is none of this runtime, or nothing tells how it is built */
async function detectProject(
  tree: Tree,
  runtime: Runtime,
  name: string,
  description: ServiceDescription,
): Promise<Detection> {
  const project = await readTargets(tree, name);
  const nothing: Detection = { facts: { name, root: project.root }, notes: [] };
  try {
    const detection = runtime.detect(project, treeReader(tree));
    if (detection) return detection;
  } catch (error) {
    // Who says where the files lie needs no detection.
    if (!(error instanceof DescriptionError) || !description.build?.output) throw error;
    return nothing;
  }
  if (description.build?.output) return nothing;
  throw new DescriptionError({
    file: project.root,
    key: '',
    message: `${name} is a project already, but not one of the runtime ${runtime.name}. Choose another name, or another --runtime`,
  });
}
