import type { Field } from '../fields/field';
import type { ObjectSet, Workload } from './object-set';

/** Volumes that the level restricted takes. */
const volumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/** Every rule of the Pod Security Standard `restricted` (k8s.io/pod-security-admission, policy/), and two of our own: a read-only root and no token. */
export function checkPodSecurity(objects: ObjectSet): void {
  for (const workload of objects.ownWorkloads) {
    checkPod(workload.spec);
    for (const container of workload.allContainers) checkContainer(container, workload.spec);
    checkToken(workload, objects);
  }
}

function checkPod(spec: Field): void {
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec.at(key).value === true)
      refuse(spec.at(key), 'host-namespace', 'shares a namespace of the node.', 'Remove it.');
  for (const volume of spec.at('volumes').items)
    for (const key of volume.keys.filter((one) => one !== 'name' && !volumes.includes(one)))
      refuse(
        volume.at(key),
        key === 'hostPath' ? 'host-path' : 'volume-type',
        'is a kind of volume that restricted does not take.',
        'Use emptyDir, a claim, a ConfigMap or a Secret.',
      );
  for (const sysctl of spec.at('securityContext', 'sysctls').items)
    if (!safeSysctls.includes(sysctl.at('name').text ?? ''))
      refuse(sysctl.at('name'), 'sysctl', 'is no safe sysctl.', 'Remove it.');
  checkContext(spec.at('securityContext'));
}

function checkContext(context: Field): void {
  if (context.at('runAsUser').value === 0)
    refuse(context.at('runAsUser'), 'run-as-root', 'is root.', 'Use the user of the image, from 1001 on.');
  if (context.at('windowsOptions', 'hostProcess').value === true)
    refuse(
      context.at('windowsOptions', 'hostProcess'),
      'host-process',
      'runs on the host itself.',
      'Remove it.',
    );
  const selinux = context.at('seLinuxOptions');
  if (selinux.exists && !seLinuxTypes.includes(selinux.at('type').text ?? ''))
    refuse(selinux.at('type'), 'selinux', 'is a type that restricted does not take.', 'Remove it.');
  for (const key of ['user', 'role'])
    if (selinux.at(key).text) refuse(selinux.at(key), 'selinux', 'may not be set.', 'Remove it.');
  const armor = context.at('appArmorProfile', 'type');
  if (armor.text === 'Unconfined') refuse(armor, 'apparmor', 'switches AppArmor off.', 'Use RuntimeDefault.');
}

function checkContainer(container: Field, spec: Field): void {
  const context = container.at('securityContext');
  checkContext(context);
  if (context.at('privileged').value === true)
    refuse(context.at('privileged'), 'privileged', 'makes the container root on the node.', 'Remove it.');
  if (context.at('allowPrivilegeEscalation').value !== false)
    refuse(
      context.at('allowPrivilegeEscalation'),
      'privilege-escalation',
      'has to be false.',
      'Write allowPrivilegeEscalation: false.',
    );
  if ((context.at('procMount').text ?? 'Default') !== 'Default')
    refuse(context.at('procMount'), 'proc-mount', 'has to be Default.', 'Remove it.');
  checkCapabilities(context.at('capabilities'));
  // What a container does not say, its pod does.
  const either = (...keys: string[]) =>
    (context.at(...keys).exists ? context : spec.at('securityContext')).at(...keys);
  if (either('runAsNonRoot').value !== true)
    refuse(
      context.at('runAsNonRoot'),
      'run-as-non-root',
      'has to be true, here or for the whole pod.',
      'Write runAsNonRoot: true.',
    );
  if (!['RuntimeDefault', 'Localhost'].includes(either('seccompProfile', 'type').text ?? ''))
    refuse(
      context.at('seccompProfile'),
      'seccomp',
      'has to be RuntimeDefault or Localhost, here or for the whole pod.',
      'Write seccompProfile: { type: RuntimeDefault }.',
    );
  for (const port of container.at('ports').items)
    if (port.at('hostPort').number)
      refuse(port.at('hostPort'), 'host-port', 'takes a port of the node.', 'Use a Service.');
  if (context.at('readOnlyRootFilesystem').value !== true)
    context
      .at('readOnlyRootFilesystem')
      .problem(
        'root-writable',
        'medium',
        'is not true: what gets in can change the program.',
        'Write readOnlyRootFilesystem: true, and mount an emptyDir where it writes.',
      );
}

function checkCapabilities(capabilities: Field): void {
  if (!capabilities.at('drop').items.some(({ value }) => value === 'ALL'))
    refuse(capabilities.at('drop'), 'capabilities', 'has to name ALL.', 'Write drop: [ALL].');
  for (const added of capabilities.at('add').items)
    if (added.value !== 'NET_BIND_SERVICE')
      refuse(added, 'capabilities', 'may not be added.', 'Remove it; NET_BIND_SERVICE alone may be.');
}

/** A pod whose account may do something needs its token; the others need none. */
function checkToken({ spec, manifest }: Workload, objects: ObjectSet): void {
  const name = spec.at('serviceAccountName').text ?? 'default';
  const account = objects.find('ServiceAccount', name);
  const said =
    spec.at('automountServiceAccountToken').value ?? account?.root.at('automountServiceAccountToken').value;
  const isUsed = ['RoleBinding', 'ClusterRoleBinding'].some((kind) =>
    objects
      .ofKind(kind)
      .some(({ root }) => root.at('subjects').items.some((one) => one.at('name').text === name)),
  );
  if (said === false || (isUsed && manifest.name !== '')) return;
  spec
    .at('automountServiceAccountToken')
    .problem(
      'token-mounted',
      'medium',
      `The token of ServiceAccount/${name} is mounted, and nothing needs it.`,
      'Write automountServiceAccountToken: false.',
    );
}

function refuse(field: Field, rule: string, why: string, fix: string): void {
  field.problem(`pod-security-${rule}`, 'high', why, fix);
}
