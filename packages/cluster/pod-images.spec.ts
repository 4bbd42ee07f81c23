import type { KubernetesObject } from './objects';
import { imagesIn, repositoryOf, withImage } from './pod-images';

const digest = `sha256:${'a'.repeat(64)}`;
const pushed = `registry.example.com:5000/acme/api@${digest}`;
const deployment = (...images: readonly string[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: { template: { spec: { containers: images.map((image) => ({ image })) } } },
});

it.each([
  ['acme/api', 'acme/api'],
  ['acme/api:dev', 'acme/api'],
  ['localhost:5000/api', 'localhost:5000/api'],
  ['localhost:5000/api:1.2', 'localhost:5000/api'],
  [`api:1@${digest}`, 'api'],
])('the repository of %s is %s', (image, repository) => expect(repositoryOf(image)).toBe(repository));

it.each(['registry.example.com:5000/acme/api:1.0', 'acme/api:dev', 'api'])(
  '%s becomes the pushed image',
  (image) => expect(imagesIn(withImage([deployment(image)], pushed))).toEqual([pushed]),
);

it.each(['other.example.com/acme/api', 'acme/web-api', 'redis:8', 'pi'])('%s stays what it is', (image) =>
  expect(imagesIn(withImage([deployment(image)], pushed))).toEqual([image]),
);

it('reaches the pods of a CronJob, those that start first included, and leaves the rest alone', () => {
  const spec = {
    schedule: '0 3 * * *',
    jobTemplate: { spec: { template: { spec: { initContainers: [{ image: 'acme/api' }] } } } },
  };
  const job = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'api' }, spec };
  expect(withImage([job], pushed)).toEqual([
    {
      ...job,
      spec: {
        ...spec,
        jobTemplate: { spec: { template: { spec: { initContainers: [{ image: pushed }] } } } },
      },
    },
  ]);
});
