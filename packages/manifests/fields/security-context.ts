import type { Field } from './field';
import { checkNumber } from './numbers';

const mostId = 2 ** 31 - 1;

/** What security contexts of pods and of containers have alike. */
export function checkIdentity(context: Field): void {
  for (const key of ['runAsUser', 'runAsGroup', 'fsGroup']) checkNumber(context.at(key), 0, mostId);
  for (const group of context.at('supplementalGroups').items) checkNumber(group, 0, mostId);
  const seccomp = context.at('seccompProfile');
  checkProfile(seccomp);
  checkProfile(context.at('appArmorProfile'));
}

/** `securityContext` of a container. */
export function checkSecurityContext(context: Field): void {
  checkIdentity(context);
  if (context.at('allowPrivilegeEscalation').value !== false) return;
  const added = context.at('capabilities', 'add').items.map(({ value }) => value);
  const why = 'cannot be together with allowPrivilegeEscalation: false.';
  if (context.at('privileged').value === true) context.at('privileged').invalid(why, 'Remove privileged.');
  if (added.includes('CAP_SYS_ADMIN'))
    context.at('capabilities', 'add').invalid(`CAP_SYS_ADMIN ${why}`, 'Remove the capability.');
}

function checkProfile(profile: Field): void {
  if (!profile.exists) return;
  const type = profile.at('type');
  const local = profile.at('localhostProfile');
  if (!type.text) type.missing('Use RuntimeDefault.');
  else if (type.text === 'Localhost' && !local.text) local.missing('Name the profile.');
  else if (type.text !== 'Localhost' && local.exists)
    local.invalid('is only for the type Localhost.', 'Remove it.');
}
