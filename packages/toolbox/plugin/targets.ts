import type { ResolvedPluginOptions } from '../../service/resolve-plugin-options';
import { buildInputs, type Input } from './build-inputs';
import { composeTargets } from './compose-targets';
import { deployTargets } from './deploy-targets';
import { depsInputs } from './deps-inputs';
import { k8sTargets } from './k8s-targets';
import type { ProjectFacts } from './project-facts';
import { pushTargets } from './push-targets';
import { reportTargets, stackReportTargets } from './report-targets';
import { sbomTargets } from './sbom-targets';
import { scanTargets } from './scan-targets';
import { signTargets } from './sign-targets';
import { budgetInputs, metadata, type TargetConfiguration } from './target-configuration';
import { swarmTargets } from './swarm-targets';
import { verifyTargets } from './verify-targets';

/** The image's record stands for the image. */
const sizeCheckInputs: readonly Input[] = [
  ...budgetInputs,
  { dependentTasksOutputFiles: '**/image.json', transitive: false },
  { externalDependencies: [] },
];

/** All container targets of one project by their chosen names. */
export function inferTargets(
  root: string,
  facts: ProjectFacts,
  options: ResolvedPluginOptions,
  version: string,
): Record<string, TargetConfiguration> {
  const names = options.targetNames;
  // The image of another architecture is another image: without this, a remote cache would hand it out.
  const inferredBy = options.platforms.length === 0 ? `${version} ${process.arch}` : version;
  const engineOption = options.engine === 'docker' ? {} : { engine: options.engine };
  const engine = options.engine === 'docker' ? {} : { options: engineOption };
  const before = [facts.build, facts.pruned ? names['docker-deps'] : null].filter((name) => name !== null);
  const targets: Record<string, TargetConfiguration> = {};
  if (facts.pruned) {
    targets[names['docker-deps']] = {
      executor: 'toolbox:deps',
      options: { inferredBy },
      cache: true,
      continuous: false,
      dependsOn: facts.build === null ? ['^build'] : [facts.build, '^build'],
      inputs: depsInputs,
      outputs: ['{workspaceRoot}/dist/deps/{projectName}'],
      metadata: metadata(
        names['docker-deps'],
        'Cuts the manifest and the lockfile down to what this app needs, for the install in its image',
        { options: {} },
      ),
    };
  }
  targets[names['docker-build']] = {
    executor: 'toolbox:build',
    options: { ...engineOption, ...buildOptions(facts, options), inferredBy },
    cache: true,
    continuous: false,
    dependsOn: before,
    inputs: buildInputs(root, facts),
    outputs: ['{workspaceRoot}/dist/images/{projectName}'],
    metadata: metadata(
      names['docker-build'],
      'Builds the image into dist/images, as an OCI layout and image.json',
      {
        options: { noCache: true },
        args: ['--platforms=linux/amd64,linux/arm64'],
      },
    ),
  };
  targets[names['docker-load']] = {
    executor: 'toolbox:load',
    ...engine,
    continuous: false,
    dependsOn: [names['docker-build']],
    metadata: metadata(
      names['docker-load'],
      'Loads the image into the engine where the engine does not have it',
      {
        options: {},
      },
    ),
  };
  targets[names['docker-run']] = {
    executor: 'toolbox:run',
    ...engine,
    continuous: false,
    dependsOn: [names['docker-load']],
    metadata: metadata(
      names['docker-run'],
      'Starts the image read-only and unprivileged, and waits until it is healthy',
      {
        options: { detach: true },
        args: ['--port=8080'],
      },
    ),
  };
  targets[names['docker-size-check']] = {
    executor: 'toolbox:size-check',
    options: { inferredBy },
    cache: true,
    continuous: false,
    dependsOn: [names['docker-build']],
    inputs: sizeCheckInputs,
    outputs: ['{workspaceRoot}/dist/reports/{projectName}/size.json'],
    metadata: metadata(
      names['docker-size-check'],
      "Compares the image's size with its budget, layer by layer",
      {
        options: { budget: '180MB' },
      },
    ),
  };
  return {
    ...targets,
    ...pushTargets(names),
    ...scanTargets(names, options.engine),
    ...sbomTargets(names, inferredBy),
    ...reportTargets(names, inferredBy),
    ...(facts.service
      ? { ...k8sTargets(names, version, 'service'), ...deployTargets(names, 'service') }
      : {}),
    ...signTargets(names),
  };
}

/** Targets of the project that owns what all services share. */
export function inferStackTargets(
  { targetNames: names }: ResolvedPluginOptions,
  version: string,
): Record<string, TargetConfiguration> {
  return {
    [names['docker-size-check']]: {
      executor: 'toolbox:stack-size-check',
      options: { inferredBy: version },
      cache: true,
      continuous: false,
      // A project without that target is passed over.
      dependsOn: [{ target: names['docker-build'], projects: ['*'] }],
      inputs: sizeCheckInputs,
      outputs: ['{workspaceRoot}/dist/reports/{projectName}/size.json'],
      metadata: metadata(
        names['docker-size-check'],
        "Compares all images together with the stack's budget, shared layers counted once",
        { options: { budget: '500MB' } },
      ),
    },
    ...stackReportTargets(names, version),
    ...composeTargets(names, version),
    ...swarmTargets(names),
    ...k8sTargets(names, version, 'stack'),
    ...deployTargets(names, 'stack'),
    ...verifyTargets(names),
  };
}

/** What the plugin's options say about builds. All of it is part of the task's hash, as options are. */
function buildOptions(facts: ProjectFacts, options: ResolvedPluginOptions): Record<string, unknown> {
  return {
    ...(facts.context === undefined ? {} : { context: facts.context }),
    ...(options.builder === null ? {} : { builder: options.builder }),
    ...(options.layout === null ? {} : { layout: options.layout }),
    ...(options.registry === '' ? {} : { registry: options.registry }),
    ...(options.tag === 'dev' ? {} : { tag: options.tag }),
    ...(options.platforms.length === 0 ? {} : { platforms: options.platforms }),
    ...(options.cacheFrom.length === 0 ? {} : { cacheFrom: options.cacheFrom }),
    ...(options.cacheTo.length === 0 ? {} : { cacheTo: options.cacheTo }),
  };
}
