import type { Field } from './field';
import { checkFormat, dnsSubdomain } from './formats';
import { checkChoice } from './one-of';

const rbacGroup = 'rbac.authorization.k8s.io';
const mostPriority = 1_000_000_000;

/** Role and ClusterRole. */
export function checkRole(object: Field): void {
  const isCluster = object.at('kind').text === 'ClusterRole';
  for (const rule of object.at('rules').items) {
    if (rule.at('verbs').items.length === 0) rule.at('verbs').missing('Say what is allowed.');
    const urls = rule.at('nonResourceURLs');
    const hasUrls = urls.items.length > 0;
    if (hasUrls && !isCluster) urls.invalid('is only for a ClusterRole.', 'Remove it.');
    if (hasUrls && rule.at('resources').items.length > 0)
      urls.invalid('cannot be together with resources.', 'Make it a rule of its own.');
    if (hasUrls) continue;
    for (const key of ['apiGroups', 'resources'])
      if (rule.at(key).items.length === 0) rule.at(key).missing('Say on what.');
  }
}

/** RoleBinding and ClusterRoleBinding. */
export function checkBinding(object: Field): void {
  const role = object.at('roleRef');
  checkChoice(role.at('apiGroup'), [rbacGroup]);
  checkChoice(
    role.at('kind'),
    object.at('kind').text === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'],
  );
  for (const subject of object.at('subjects').items) {
    checkChoice(subject.at('kind'), ['User', 'Group', 'ServiceAccount']);
    const isAccount = subject.at('kind').text === 'ServiceAccount';
    checkChoice(subject.at('apiGroup'), isAccount ? [] : [rbacGroup]);
    if (!isAccount) continue;
    checkFormat(subject.at('name'), dnsSubdomain);
    if (!subject.at('namespace').text && object.at('kind').text === 'ClusterRoleBinding')
      subject.at('namespace').missing("Name the account's namespace.");
  }
}

export function checkPriorityClass(object: Field): void {
  const value = object.at('value');
  if ((value.number ?? 0) > mostPriority)
    value.invalid(`is more than ${mostPriority}, which is for the system's own.`, 'Lower it.');
}
