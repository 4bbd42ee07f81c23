import { existsSync, readdirSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ownerLabel } from '../packages/cluster/bring';
import { Kubectl } from '../packages/cluster/kubectl';
import { withLabel, type KubernetesObject } from '../packages/cluster/objects';
import { renderOverlay } from '../packages/cluster/render-overlay';
import { parseDocuments } from '../packages/manifests/read/parse-documents';
import { readSource } from '../packages/process/git-source';
import { listChoices } from '../packages/service/choices';
import { slugOf } from '../packages/service/slug';
import { TargetError } from './mistakes';
import { projectOf, type TaskProject } from './project-image';

/** Options that say which cluster is meant. */
export interface ClusterOptions {
  readonly env?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** A project in an environment of a cluster: nothing below reads these options again. */
export interface ClusterTarget {
  readonly project: TaskProject;
  readonly environment: string;
  readonly kubectl: Kubectl;
  /** Project and environment, as a DNS name and the value of a label. */
  readonly owner: string;
}

/** The same, with what is to be there. */
export interface RenderedTarget extends ClusterTarget {
  /** Of the project's overlay, relative to the workspace root. */
  readonly overlay: string;
  /** As the overlay renders them, with the label of their owner. */
  readonly objects: readonly KubernetesObject[];
}

/**
 * The context is always named: a kubeconfig's current one is whatever its owner did last. Where the namespace is named, too, no overlay is needed: what was
 * deployed can be looked at, and gone back to, when the manifests are broken.
 * @throws TargetError, ClusterError
 */
export async function openClusterTarget(
  options: ClusterOptions,
  context: ExecutorContext,
): Promise<ClusterTarget> {
  const { env, namespace } = options;
  if (env === undefined || namespace === undefined) return renderTarget(options, context);
  const project = projectOf(context);
  return targetOf({ ...options, env, namespace }, project, context.root);
}

/** @throws TargetError, ClusterError */
export async function renderTarget(
  options: ClusterOptions,
  context: ExecutorContext,
): Promise<RenderedTarget> {
  const project = projectOf(context);
  const { environment, overlay } = chooseOverlay(options.env, project, context.root);
  const { documents, problems } = parseDocuments(overlay, await renderOverlay(context.root, overlay));
  if (problems.length > 0) throw new TargetError(`${overlay}: ${problems[0]!.why}`);
  const rendered = documents.map(({ value }) => value as KubernetesObject);
  if (rendered.length === 0) throw new TargetError(`${overlay}: renders to nothing. Name its resources.`);
  const namespace = options.namespace ?? namespaceOf(rendered, overlay);
  const target = targetOf({ ...options, env: environment, namespace }, project, context.root);
  const objects = rendered.map((object) => withLabel(object, ownerLabel, target.owner));
  return { ...target, overlay, objects };
}

function targetOf(
  { env, namespace, context }: ClusterOptions & { readonly env: string; readonly namespace: string },
  project: TaskProject,
  root: string,
): ClusterTarget {
  if (!context)
    throw new TargetError(
      `${project.name}: says not which cluster ${env} is. Name a context of your kubeconfig: --context=…, or once in nx.json: targetDefaults, this executor, configurations.`,
    );
  const plain = `${slugOf(project.name)}.${env}`;
  const owner = plain.length > 63 ? slugOf(plain) : plain;
  return { project, environment: env, kubectl: new Kubectl(context, namespace, root), owner };
}

function chooseOverlay(env: string | undefined, { name, root }: TaskProject, workspace: string) {
  const folder = posix.join(root, 'k8s/overlays');
  const there = existsSync(join(workspace, folder))
    ? readdirSync(join(workspace, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];
  if (there.length === 0)
    throw new TargetError(`${name}: has no overlay in ${folder}: there is nothing to deploy.`);
  if (env === undefined)
    throw new TargetError(`${name}: says not which environment. Use --env=${listChoices(there)}.`);
  if (!there.includes(env))
    throw new TargetError(`${name}: env: ${env}: has no overlay in ${folder}. Use ${listChoices(there)}.`);
  return { environment: env, overlay: posix.join(folder, env) };
}

function namespaceOf(objects: readonly KubernetesObject[], overlay: string): string {
  const own = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  const named = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  const all = [...new Set([...own, ...named])].sort();
  if (all.length === 1) return all[0]!;
  throw new TargetError(
    all.length === 0
      ? `${overlay}: names no namespace. Add one to its kustomization.yaml (namespace: …), or say --namespace=….`
      : `${overlay}: names the namespaces ${listChoices(all).replace(' or ', ' and ')}. Deploy into one: give each its own overlay.`,
  );
}

/** Who changes the cluster, for its records: its own name for the account, and the process. */
export async function actor(kubectl: Kubectl): Promise<string> {
  const { code, stdout } = await kubectl.run([
    'auth',
    'whoami',
    '-o',
    'jsonpath={.status.userInfo.username}',
  ]);
  const account = code === 0 && stdout !== '' ? `${stdout}, ` : '';
  return `${account}${userInfo().username}@${hostname()}, process ${process.pid}`;
}

/** The commit of the workspace, with `-dirty` where files differ from it. */
export async function commitOf(root: string): Promise<string | null> {
  const source = await readSource(root);
  return source === null ? null : `${source.commit}${source.dirty ? '-dirty' : ''}`;
}

/** Runs `action` with a signal that is aborted where the user interrupts. */
export async function whileInterruptible<T>(action: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await action(abort.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}
