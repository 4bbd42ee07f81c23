import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import {
  LockfileError,
  detectPackageManager,
  needsCompiler,
  pruneWorkspace,
  scanImports,
  type FoundImport,
  type PrunedWorkspace,
  type Reader,
} from '../../packages/lockfiles/index';
import { readServiceOnDisk } from '../../packages/workspace/service-on-disk';
import { TargetError, failInOneLine } from '../mistakes';
import { insideWorkspace, projectOf } from '../project-image';
import { diskReader, listFiles } from './disk';
import { importsOfPackage, packageSource, type PackageSource } from './package-source';
import type { DepsExecutorSchema } from './schema.gen';
import { writeDeps } from './write-deps';

/** Writes what an app needs of the workspace's dependencies into `dist/deps/<project>`, for a frozen installation in its image. */
export default function deps(
  options: DepsExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const plan = planDeps(options, context);
    const reader = diskReader(context.root);
    const { pruned, sources } = prune(plan, context.root, reader);
    const native = needsCompiler(pruned.packages);
    for (const warning of pruned.warnings) logger.warn(warning);
    writeDeps(context.root, plan.outputPath, pruned, sources, native);
    logger.log(summary(plan.outputPath, pruned, native));
    return true;
  });
}

interface DepsPlan {
  readonly projectRoot: string;
  /** Folder of the build's output, relative to the workspace root. */
  readonly output: string;
  /** The app's entry in it. */
  readonly main: string;
  readonly outputPath: string;
  readonly include: readonly string[];
}

function planDeps(options: DepsExecutorSchema, context: ExecutorContext): DepsPlan {
  const project = projectOf(context);
  const complete = options.output !== undefined && options.main !== undefined;
  const service = complete
    ? null
    : readServiceOnDisk(context.root, project, context.nxJsonConfiguration ?? {});
  const output = options.output ?? service?.build.output;
  const main = options.main ?? service?.build.main;
  if (output === undefined || main === undefined)
    throw new TargetError(
      `${project.name}: has no toolbox.yaml. Set the options output and main of this target.`,
    );
  return {
    projectRoot: project.root === '' ? '.' : project.root,
    output: insideWorkspace(output, project, 'output'),
    main: posix.normalize(main),
    outputPath: insideWorkspace(
      options.outputPath ?? posix.join('dist/deps', project.name),
      project,
      'outputPath',
    ),
    include: options.include ?? [],
  };
}

/** Workspace packages import packages themselves, and those may be workspace packages again: until nothing new turns up. */
function prune(
  { projectRoot, output, main, include }: DepsPlan,
  workspaceRoot: string,
  reader: Reader,
): { pruned: PrunedWorkspace; sources: readonly PackageSource[] } {
  const { name: packageManager } = detectPackageManager(reader);
  const manifestPath = posix.join(output, 'package.json');
  const manifest = output === projectRoot ? null : reader.read(manifestPath);
  const outputManifest = manifest === null ? null : { path: manifestPath, content: manifest };
  const sources = new Map<string, PackageSource>();
  let imports = importsOfApp(workspaceRoot, reader, output, main);
  for (;;) {
    const pruned = pruneWorkspace({ reader, packageManager, projectRoot, imports, outputManifest, include });
    const found = pruned.copies.filter(({ from }) => !sources.has(from));
    if (found.length === 0) return { pruned, sources: [...sources.values()] };
    for (const { from } of found) {
      const source = packageSource(workspaceRoot, reader, from);
      sources.set(from, source);
      imports = [...imports, ...importsOfPackage(reader, source)];
    }
  }
}

function importsOfApp(
  workspaceRoot: string,
  reader: Reader,
  output: string,
  main: string,
): readonly FoundImport[] {
  if (!reader.exists(join(output, main)))
    throw new LockfileError(
      `${posix.join(output, main)}: does not exist. Run the build first, or correct build.output and build.main in toolbox.yaml`,
    );
  const files = listFiles(workspaceRoot, output)
    .filter((file) => /\.[cm]?js$/.test(file))
    .map((file) => ({ path: file, content: reader.read(posix.join(output, file)) ?? '' }));
  return scanImports(files, [main]).map((found) => ({ ...found, file: posix.join(output, found.file) }));
}

function summary(
  outputPath: string,
  { packages, copies }: PrunedWorkspace,
  native: readonly string[],
): string {
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;
  const compiled = native.length > 0 ? `; may be compiled: ${native.join(', ')}` : '';
  return `${outputPath}: ${count(packages.length, 'package')} and ${count(copies.length, 'workspace package')}${compiled}`;
}
