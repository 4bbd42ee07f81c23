import { parse } from 'yaml';
import { stackTree } from '../../packages/workspace/fixture-stack';
import composeGenerator from './generator';
import type { SwarmFile } from './swarm-file';

const folder = 'infrastructure/docker/compose';

async function rendered(environment: string): Promise<{ readonly text: string; readonly file: SwarmFile }> {
  const tree = stackTree();
  await composeGenerator(tree, {});
  const text = tree.read(`${folder}/docker-stack.${environment}.yml`, 'utf-8')!;
  return { text, file: parse(text, { version: '1.1' }) as SwarmFile };
}

test('a developer has no Swarm', async () => {
  const tree = stackTree();
  await composeGenerator(tree, {});
  expect(tree.exists(`${folder}/docker-stack.dev.yml`)).toBe(false);
});

test('an update starts the new one first, but never two on the same data and never two that may run once', async () => {
  const { services } = (await rendered('prod')).file;
  const order = (name: string) => services[name]?.deploy.update_config.order;
  expect([order('api'), order('proxy'), order('worker')]).toEqual([
    'start-first',
    'start-first',
    'start-first',
  ]);
  expect([order('postgres'), order('redis'), order('worker-beat')]).toEqual([
    'stop-first',
    'stop-first',
    'stop-first',
  ]);
  for (const { deploy } of Object.values(services))
    expect(deploy.update_config.failure_action).toBe('rollback');
  expect(services['worker-beat']?.deploy.replicas).toBe(1);
  expect(services['api']?.deploy.replicas).toBe(3);
  expect(services['postgres']?.deploy.placement.constraints).toEqual([
    'node.labels.toolbox.data == acme-prod',
  ]);
});

test('what differs in the environment is in the file', async () => {
  const { services, secrets } = (await rendered('prod')).file;
  expect(services['api']?.environment).toMatchObject({ APP_ENV: 'production', LOG_LEVEL: 'info' });
  expect(services['api']?.secrets).toContain('payment-key');
  expect(services['api']?.deploy.resources.limits.memory).toBe('1024M');
  expect(Object.keys(secrets ?? {})).toContain('payment-key');
  expect((await rendered('staging')).file.secrets).not.toHaveProperty('payment-key');
});

test('no key that a Swarm ignores or refuses, and no hyphen that `docker stack` would take for a default', async () => {
  for (const environment of ['staging', 'prod']) {
    const { text, file } = await rendered(environment);
    const keys = new Set(Object.values(file.services).flatMap((service) => Object.keys(service)));
    for (const key of [
      'build',
      'depends_on',
      'restart',
      'pull_policy',
      'security_opt',
      'memswap_limit',
      'shm_size',
      'tmpfs',
      'develop',
    ])
      expect([key, keys.has(key)]).toEqual([key, false]);
    for (const [variable] of text.matchAll(/\$\{\w+:\?[^}]*\}/g)) expect(variable).not.toContain('-');
  }
});
