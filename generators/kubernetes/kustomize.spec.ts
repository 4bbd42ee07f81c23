import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { parseAllDocuments } from 'yaml';
import { filesOf } from '../../packages/workspace/fixture-tree';
import { stackTree } from '../../packages/workspace/fixture-stack';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { contextOf } from '../output-context';
import kubernetesGenerator from './generator';
import type { KubernetesObject } from './kubernetes-object';
import { neighboursOf, serviceObjects } from './service-objects';
import { sharedObjects } from './shared-objects';

const ensure = join(__dirname, '../../tools/cluster/ensure.mjs');
const environments = ['dev', 'staging', 'production'];
const services = ['api', 'edge', 'proxy', 'reports', 'tools', 'web', 'worker'].map((name) => `apps/${name}`);

let kubectl: string;
let folder: string;
let tree: Tree;
beforeAll(async () => {
  const programs = execFileSync(process.execPath, [ensure, '--build'], { encoding: 'utf8' });
  kubectl = join(programs.trim(), 'kubectl');
  folder = mkdtempSync(join(tmpdir(), 'toolbox-kubernetes-'));
  tree = stackTree({
    // What an environment takes away.
    'apps/tools':
      'runtime: python\nport: 8100\nuid: 1005\nsecrets: [old-key]\nenv: { production: { secrets: [] } }\n',
  });
  await kubernetesGenerator(tree, {});
  for (const [path, text] of Object.entries(filesOf(tree)).filter(([one]) => one.includes('/k8s/'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  // Where nobody has built it yet: minutes.
}, 30 * 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the real kustomize makes of an overlay. */
function build(root: string, environment: string): readonly KubernetesObject[] {
  const overlay = join(folder, root, 'k8s/overlays', environment);
  const text = execFileSync(kubectl, ['kustomize', overlay], { encoding: 'utf8' });
  return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as KubernetesObject);
}

test.each(environments)(
  'base and patches of %s are exactly what the environment is described as',
  (environment) => {
    const context = contextOf(tree, readDescriptions(tree));
    const here = neighboursOf(context.inEnvironment(environment), context.stack, environment);
    for (const root of ['infrastructure', ...services]) {
      const service = here.services.find((one) => one.root === root);
      const described = service
        ? serviceObjects(service, here)
        : sharedObjects(here.services, context.stack, {}, environment);
      const namespace = `acme-${environment}`;
      const wanted = described.map((object) => {
        const isNamespace = object.kind === 'Namespace';
        return {
          ...object,
          metadata: { ...object.metadata, ...(isNamespace ? { name: namespace } : { namespace }) },
        };
      });
      const image = service?.image.repository;
      const built = build(root, environment).map((object) =>
        JSON.parse(
          JSON.stringify(object).replace(new RegExp(`${image}(:dev|@sha256:0{64})"`, 'g'), `${image}"`),
        ),
      );
      expect(sortKeys(built)).toEqual(sortKeys(wanted));
    }
  },
);

/** Objects and keys in any order; kustomize sorts both. */
function sortKeys(objects: readonly unknown[]): readonly string[] {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const inner = value.map(sorted);
      // Merged lists have no order of their own.
      return inner.every(
        (one) => typeof one === 'object' && one !== null && ('name' in one || 'mountPath' in one),
      )
        ? inner.map((one) => JSON.stringify(one)).sort()
        : inner;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return objects.map((one) => JSON.stringify(sorted(one), null, 1)).sort();
}

test('images are named by digest in every environment but dev', () => {
  const images = (environment: string) =>
    services.flatMap((root) =>
      build(root, environment)
        .filter(({ kind }) => kind === 'Deployment')
        .map((object) => /"image":"([^"]*)"/.exec(JSON.stringify(object))![1]!),
    );
  for (const image of images('dev')) expect(image).toMatch(/^registry\.example\.com\/acme\/\w+:dev$/);
  for (const environment of ['staging', 'production'])
    for (const image of images(environment))
      expect(image).toMatch(/^registry\.example\.com\/acme\/\w+@sha256:0{64}$/);
});
