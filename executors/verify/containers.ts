import type { ProjectContainer } from '../../packages/engines/docker/project-containers';
import { judged, type CheckResult } from './result';

/** One container as the descriptions want it. */
export interface ExpectedContainer {
  /** Name of the service in the Compose file. */
  readonly name: string;
  /** File that the user would change. */
  readonly description: string;
  /** `uid:gid`, or null where any user but root will do. */
  readonly user: string | null;
  /** Networks by their names in the description. */
  readonly networks: readonly string[];
  readonly published: boolean;
}

const up = 'Start it with: nx compose-up infrastructure';

/** All that an engine's own words about a container tell. Pure. */
export function judgeContainers(
  expected: readonly ExpectedContainer[],
  found: readonly ProjectContainer[],
  { loopbackOnly }: { readonly loopbackOnly: boolean },
): readonly CheckResult[] {
  return expected.flatMap((wanted) => {
    const containers = found.filter(({ service }) => service === wanted.name);
    if (containers.length === 0)
      return [judged('running', wanted.name, 'a running container', 'no container', false, up)];
    return containers.flatMap((container) => {
      const running = judgeRunning(wanted, container);
      // What has stopped is on no network and has no health: one line says it.
      if (!running.passed) return [running];
      return [
        running,
        judgeHealth(wanted, container),
        judgeUser(wanted, container),
        judgeReadOnly(wanted, container),
        judgePrivileges(wanted, container),
        judgeLimits(wanted, container),
        judgeEnvironment(wanted, container),
        judgeNetworks(wanted, container),
        judgePorts(wanted, container, loopbackOnly),
      ];
    });
  });
}

function judgeRunning({ name }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const state = container.status === 'exited' ? `exited with ${container.exitCode}` : container.status;
  return judged(
    'running',
    name,
    'running',
    state,
    container.status === 'running',
    `See: nx compose-logs infrastructure --service=${name}`,
  );
}

function judgeHealth({ name, description }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const last = container.healthLog.at(-1);
  const found =
    container.health === 'none' ? 'no health check' : [container.health, last].filter(Boolean).join(': ');
  return judged(
    'health',
    name,
    'healthy',
    container.health === 'healthy' ? 'healthy' : found,
    container.health === 'healthy',
    container.health === 'none'
      ? `Give it one: health in ${description}, and nx sync`
      : `See: nx compose-logs infrastructure --service=${name}`,
  );
}

function judgeUser({ name, user, description }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const isRoot = /^(|0|root)(:|$)/.test(container.user);
  const found = container.user === '' ? "root (the image's default)" : container.user;
  const expected = user ?? 'a user other than root';
  const passed = user === null ? !isRoot : container.user === user;
  return judged(
    'user',
    name,
    expected,
    found,
    passed,
    `Let it run as ${expected}: uid in ${description}, and nx sync`,
  );
}

function judgeReadOnly({ name }: ExpectedContainer, { readOnly }: ProjectContainer): CheckResult {
  const found = readOnly ? 'read-only' : 'writable';
  return judged(
    'read-only',
    name,
    'read-only',
    found,
    readOnly,
    `Set read_only: true for ${name} in the Compose file: nx sync writes it`,
  );
}

function judgePrivileges({ name }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const wrong = [
    ...(container.privileged ? ['privileged'] : []),
    ...(container.capDrop.some((name) => /^(CAP_)?ALL$/i.test(name)) ? [] : ['keeps capabilities']),
    ...container.capAdd.map((name) => `adds ${name}`),
    ...(container.securityOpt.some((option) => /^no-new-privileges([:=]true)?$/.test(option))
      ? []
      : ['may gain privileges']),
  ];
  return judged(
    'privileges',
    name,
    'none',
    wrong.join(', ') || 'none',
    wrong.length === 0,
    `Set cap_drop: [ALL] and security_opt: [no-new-privileges:true] for ${name}: nx sync writes both`,
  );
}

function judgeLimits({ name, description }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const limits = { memory: container.memoryBytes, CPU: container.nanoCpus, processes: container.pids };
  const missing = Object.entries(limits)
    .filter(([, value]) => !(value > 0))
    .map(([limit]) => limit);
  const found =
    missing.length > 0
      ? `no limit of ${missing.join(', ')}`
      : `${Math.round(container.memoryBytes / 1024 ** 2)} MiB, ${container.nanoCpus / 1e9} CPU, ${container.pids} processes`;
  return judged(
    'limits',
    name,
    'memory, CPU and processes',
    found,
    missing.length === 0,
    `resources in ${description} and nx sync set them`,
  );
}

/** Names that say that their value is a secret. `…_FILE` names the file that holds it, which is right. */
const secretName = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?!.*_FILE$)/i;
/** An address with an account in it. */
const accountInAddress = /^[a-z][\w+.-]*:\/\/[^/\s:@]*:[^/\s:@]+@/i;

function judgeEnvironment({ name }: ExpectedContainer, { environment }: ProjectContainer): CheckResult {
  const names = Object.entries(environment)
    .filter(([key, value]) => value !== '' && (secretName.test(key) || accountInAddress.test(value)))
    .map(([key]) => key)
    .sort();
  return judged(
    'environment',
    name,
    'no secret',
    names.join(', ') || 'no secret',
    names.length === 0,
    `Everybody who may look at the container reads it. Declare it under secrets, and read it from /run/secrets (${names[0]}_FILE)`,
  );
}

function judgeNetworks({ name, networks }: ExpectedContainer, container: ProjectContainer): CheckResult {
  const on = container.networks.map((network) => network.name).sort();
  const foreign = on.filter((network) => !networks.includes(network));
  const missing = networks.filter((network) => !on.includes(network));
  const found = [
    ...foreign.map((network) => `also on ${network}`),
    ...missing.map((network) => `not on ${network}`),
  ];
  return judged(
    'networks',
    name,
    [...networks].sort().join(', '),
    found.join(', ') || on.join(', '),
    found.length === 0,
    foreign[0] ? `Take it off: docker network disconnect ${foreign[0]} ${container.container}` : up,
  );
}

function judgePorts(
  { name, published }: ExpectedContainer,
  { ports }: ProjectContainer,
  loopbackOnly: boolean,
): CheckResult {
  const open = ports.filter(({ host }) => loopbackOnly && !/^(127\.|::1$)/.test(host));
  const expected = published ? (loopbackOnly ? 'published on loopback' : 'published') : 'not published';
  const found = ports.map(({ host, hostPort }) => `${host}:${hostPort}`).join(', ') || 'not published';
  const passed = published ? ports.length > 0 && open.length === 0 : ports.length === 0;
  return judged(
    'ports',
    name,
    expected,
    found,
    passed,
    published
      ? 'Publish it as nx sync writes it'
      : `Take the ports of ${name} out of the Compose file, or expose the service`,
  );
}
