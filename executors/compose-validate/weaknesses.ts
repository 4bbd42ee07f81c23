import type { ComposeConfig, ConfiguredService } from '../../packages/engines/docker/compose-client';
import { edgesOf } from '../../packages/service/edges';
import type { Service } from '../../packages/service/types';

/**
 * What Compose accepts and this stack does not, one line each: where, what, what to do. Also for containers that the user added.
 * @param services with their settings wired
 */
export function findWeaknesses(
  { services: containers }: ComposeConfig,
  services: readonly Service[],
  isDev: boolean,
): readonly string[] {
  return [
    ...Object.entries(containers).flatMap(([name, container]) =>
      rules
        .filter(({ isBroken }) => isBroken(container, isDev))
        .map(({ says }) => `services.${name}: ${says}`),
    ),
    ...undeclaredPairs(containers, services),
  ];
}

interface Rule {
  readonly says: string;
  readonly isBroken: (container: ConfiguredService, isDev: boolean) => boolean;
}

const rules: readonly Rule[] = [
  {
    says: 'deploy.resources.limits lacks cpus, memory or pids. Name all three.',
    isBroken: ({ deploy }) => {
      const { cpus, memory, pids } = deploy?.resources?.limits ?? {};
      return !cpus || !memory || !pids;
    },
  },
  {
    says: 'its log has no limit. Give logging.options max-size and max-file.',
    isBroken: ({ logging }) => !logging?.options?.['max-size'] || !logging.options['max-file'],
  },
  {
    says: 'its health check is switched off. Remove disable.',
    isBroken: ({ healthcheck }) => !!healthcheck?.disable,
  },
  { says: 'has no health check. Add healthcheck.', isBroken: ({ healthcheck }) => !healthcheck },
  {
    says: 'is not started again after a failure. Add restart: unless-stopped.',
    isBroken: ({ restart }) => !restart,
  },
  {
    says: 'its root file system can be written. Add read_only: true.',
    isBroken: ({ read_only }) => !read_only,
  },
  {
    says: 'keeps capabilities. Add cap_drop: [ALL].',
    isBroken: ({ cap_drop, privileged }) => privileged === true || !cap_drop?.includes('ALL'),
  },
  {
    says: 'may gain privileges. Add security_opt: [no-new-privileges:true].',
    isBroken: ({ security_opt }) =>
      !security_opt?.some((option) => /^no-new-privileges(:true|=true)?$/.test(option)),
  },
  {
    says: 'runs as root. Give it a user.',
    isBroken: ({ user }) => user === undefined || /^(0|root)?(:|$)/.test(user),
  },
  {
    says: 'has a secret in its environment. Name it under secrets, and its file in a variable that ends in _FILE.',
    isBroken: ({ environment }) =>
      Object.entries(environment ?? {}).some(([name, value]) => value && isSecret(name)),
  },
  {
    says: 'mounts the socket of the engine, which is as good as root. Remove it.',
    isBroken: ({ volumes }) => !!volumes?.some(({ source }) => source?.endsWith('/docker.sock')),
  },
  {
    says: 'publishes a port to the network of this machine. Add host_ip: 127.0.0.1.',
    isBroken: ({ ports }, isDev) => isDev && !!ports?.some(({ host_ip }) => host_ip !== '127.0.0.1'),
  },
];

function isSecret(name: string): boolean {
  return /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|PRIVATE_KEY|API_KEY|ACCESS_KEY)$/i.test(name);
}

/** Two containers on one network can connect, whatever their descriptions say. */
function undeclaredPairs(
  containers: ComposeConfig['services'],
  services: readonly Service[],
): readonly string[] {
  const declared = new Set(edgesOf(services).flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]));
  const names = Object.keys(containers).sort();
  return names.flatMap((one, at) =>
    names.slice(at + 1).flatMap((other) => {
      const networks = Object.keys(containers[one]!.networks ?? {});
      const shared = networks.find((network) => network in (containers[other]!.networks ?? {}));
      if (shared === undefined || declared.has(`${one} ${other}`)) return [];
      return [
        `services.${one} and services.${other} share the network ${shared}, but neither names the other. Take one off it, or declare uses or calls.`,
      ];
    }),
  );
}
