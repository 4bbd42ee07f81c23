import { catalogueOf, knownVersions } from './catalogue';
import { checkObject } from './check-object';
import { manifestOf } from './manifest';
import { formatPath } from './problem';

const problemsOf = (object: object, version = '1.37') => {
  const manifest = manifestOf(object, () => ({ file: 'x.yaml', line: 1 }));
  checkObject(manifest, catalogueOf(version, []));
  return manifest.problems.map(({ id, path }) => `${id} ${formatPath(path)}`);
};

const ingress = (pathType: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'api' },
  spec: {
    rules: [
      {
        http: {
          paths: [{ path: '/', pathType, backend: { service: { name: 'api', port: { number: 80 } } } }],
        },
      },
    ],
  },
});

const policy = (...policyTypes: string[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'api' },
  spec: { policyTypes },
});

const pod = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'api' },
  spec: { containers: [{ name: 'api', image: 'api:1' }], ...spec },
});

it.each(knownVersions())('Kubernetes %s takes the types of paths that it has, and no other', (version) => {
  expect(problemsOf(ingress('Prefix'), version)).toEqual([]);
  expect(problemsOf(ingress('Suffix'), version)).toEqual([
    'value-not-allowed spec.rules[0].http.paths[0].pathType',
  ]);
});

it.each<[string, object, readonly string[]]>([
  ['a volume without a source', pod({ volumes: [{ name: 'tmp' }] }), []],
  [
    'a volume with two sources',
    pod({ volumes: [{ name: 'tmp', emptyDir: {}, configMap: { name: 'c' } }] }),
    ['invalid-value spec.volumes[0]'],
  ],
  ['a policy without a podSelector', policy('Egress'), []],
  ['a policy of an empty type', policy(''), ['invalid-value spec.policyTypes[0]']],
])('as the API server does, it judges %s', (_, object, problems) => {
  expect(problemsOf(object)).toEqual(problems);
});
