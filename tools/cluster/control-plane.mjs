/** Credentials, ports and arguments of the cluster's processes. Everything listens on loopback. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The order in which the processes are started; they are ended in the opposite one. */
export const processes = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** Ports and token of a new cluster, kept in its folder: an API server that is started again is found where it was. */
export async function newSettings(folder) {
  const [etcd, etcdPeer, api] = await freePorts(3);
  const settings = { etcd, etcdPeer, api, token: randomBytes(24).toString('hex') };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), `${settings.token},admin,admin,system:masters\n`, {
    mode: 0o600,
  });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'service-account.key'), key, { mode: 0o600 });
  return settings;
}

export function readSettings(folder) {
  const file = join(folder, 'settings.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/**
 * One for the tests, where no context is current (toolbox deploys to a context by name, never to the current one), and
 * one for the controllers, which know only the current one.
 */
export function writeKubeconfigs(folder, { api, token }) {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'toolbox-test',
        cluster: {
          server: `https://127.0.0.1:${api}`,
          'certificate-authority': join(folder, 'certificates', 'apiserver.crt'),
        },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'toolbox-test', context: { cluster: 'toolbox-test', user: 'admin' } }],
  };
  const mode = 0o600;
  writeFileSync(kubeconfig(folder), JSON.stringify(config), { mode });
  writeFileSync(ownKubeconfig(folder), JSON.stringify({ ...config, 'current-context': 'toolbox-test' }), {
    mode,
  });
}

export function kubeconfig(folder) {
  return join(folder, 'kubeconfig');
}

function ownKubeconfig(folder) {
  return join(folder, 'controllers.kubeconfig');
}

/** @returns {Record<string, string[]>} the arguments of each process */
export function processArguments(folder, { etcd, etcdPeer, api }, stages) {
  const etcdUrl = `http://127.0.0.1:${etcd}`;
  const peerUrl = `http://127.0.0.1:${etcdPeer}`;
  const key = join(folder, 'service-account.key');
  const client = [`--kubeconfig=${ownKubeconfig(folder)}`, '--leader-elect=false', '--secure-port=0'];
  return {
    etcd: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // The data is thrown away with the cluster: it need not survive a power cut.
      '--unsafe-no-fsync',
    ],
    'kube-apiserver': [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${api}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      // An address on loopback is no endpoint for pods, and none of them runs.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${key}`,
      `--service-account-key-file=${key}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
    ],
    'kube-controller-manager': [
      ...client,
      `--service-account-private-key-file=${key}`,
      '--use-service-account-credentials=true',
    ],
    'kube-scheduler': client,
    kwok: [
      `--kubeconfig=${ownKubeconfig(folder)}`,
      `--config=${stages}`,
      '--manage-all-nodes=true',
      '--node-ip=127.0.0.1',
      '--node-lease-duration-seconds=40',
    ],
  };
}

/** All are held at once, so that no two are the same. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
