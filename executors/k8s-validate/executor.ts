import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import {
  catalogueOf,
  knownVersions,
  newestVersion,
  type Catalogue,
} from '../../packages/manifests/catalogue';
import { checkManifests } from '../../packages/manifests/check-manifests';
import type { ManifestFinding } from '../../packages/manifests/finding';
import { parseDocuments } from '../../packages/manifests/read/parse-documents';
import { listChoices } from '../../packages/service/choices';
import { stackRoot } from '../../packages/workspace/stack-root';
import { readIgnoreLists } from '../ignore-list';
import { inTurns } from '../in-turns';
import { failInOneLine, TargetError } from '../mistakes';
import { insideWorkspace, projectOf, type TaskProject } from '../project-image';
import { writeWhole } from '../write-whole';
import { loadSources, manifestsOf, type Loaded } from './load';
import { formatManifestReport, judgeManifests, manifestSarif, type Judged } from './report';
import type { K8SValidateExecutorSchema } from './schema.gen';
import { readSources } from './sources';

/** Renderings at a time: each is a process. */
const atOnce = 4;

/** Checks the Kubernetes manifests of a project, without a cluster. */
export default function k8sValidate(
  options: K8SValidateExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(() => validate(options, context), context.root);
}

async function validate(options: K8SValidateExecutorSchema, context: ExecutorContext): Promise<boolean> {
  const { root } = context;
  const project = projectOf(context);
  const catalogue = readCatalogue(options, root, project);
  const ignored = readIgnoreLists(root, project, options.ignore, {
    usual: ['infrastructure/security/k8s-ignore.yaml', posix.join(project.root, 'k8s-ignore.yaml')],
    narrowing: ['object', 'path'],
    today: null,
  });
  const isStack = project.root === stackRoot;
  const others = Object.values(context.projectsConfigurations.projects)
    .map((one) => one.root)
    .filter((folder) => folder !== project.root && (isStack || folder === stackRoot))
    .sort();
  const load = (folder: string) => loadSources(root, readSources(root, posix.join(folder, 'k8s')));
  const own = load(project.root);
  const around = others.map(load);
  const found = new Map<string, readonly ManifestFinding[]>([['', own.findings]]);
  let objects = 0;
  for (const environment of environmentsOf(isStack ? [own, ...around] : [own])) {
    const manifests = (
      await inTurns([own, ...around], atOnce, (one) =>
        manifestsOf(root, one, environment, one !== own && !isStack),
      )
    ).flat();
    objects += manifests.filter(({ isForeign }) => !isForeign).length;
    const name = environment ?? '';
    found.set(name, [...(found.get(name) ?? []), ...checkManifests(manifests, catalogue, isStack)]);
  }
  if (isStack) found.set('', [...(found.get('') ?? []), ...around.flatMap(({ findings }) => findings)]);
  return finish(
    {
      project: project.name,
      kubernetesVersion: catalogue.version,
      severity: options.severity ?? 'high',
      objects,
      found,
      ignored,
    },
    root,
  );
}

/** Null alone where nothing has an overlay. */
function environmentsOf(loaded: readonly Loaded[]): readonly (string | null)[] {
  const names = new Set(loaded.flatMap(({ sources }) => [...sources.overlays.keys()]));
  return names.size > 0 ? [...names].sort() : [null];
}

function readCatalogue(
  { kubernetesVersion: version = newestVersion(), crds = [] }: K8SValidateExecutorSchema,
  root: string,
  project: TaskProject,
): Catalogue {
  if (!knownVersions().includes(version))
    throw new TargetError(
      `${project.name}: kubernetesVersion: ${version}: its schemas are not known. Use ${listChoices(knownVersions())}.`,
    );
  const definitions = crds.flatMap((file) => {
    const path = insideWorkspace(file, project, 'crds');
    if (!existsSync(join(root, path)))
      throw new TargetError(`${project.name}: crds: ${file}: does not exist.`);
    return parseDocuments(path, readFileSync(join(root, path), 'utf8')).documents.map(({ value }) => value);
  });
  return catalogueOf(version, definitions);
}

function finish(judged: Judged, root: string): boolean {
  const report = judgeManifests(judged);
  const reports = join(root, 'dist/reports', report.project);
  writeWhole(join(reports, 'k8s.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeWhole(join(reports, 'k8s.sarif'), `${JSON.stringify(manifestSarif(report), null, 2)}\n`);
  logger.log(formatManifestReport(report));
  for (const { id, file, line, path, why, fix } of report.findings
    .filter(({ state }) => state === 'blocks')
    .slice(0, 20))
    logger.error(`${file}:${line}: ${id}: ${path === null ? '' : `${path}: `}${why} ${fix}`);
  return report.passed;
}
