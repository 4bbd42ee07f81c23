import type { Field } from './field';
import { checkNumber, checkPort, checkPortOrName } from './numbers';
import { checkExactlyOne } from './one-of';

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

/** Probes and hooks of a container. */
export function checkProbes(container: Field, graceSeconds: number): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container.at(name);
    if (probe.exists) checkProbe(probe, name === 'readinessProbe');
  }
  for (const name of ['postStart', 'preStop']) {
    const hook = container.at('lifecycle', name);
    if (!hook.exists) continue;
    checkHandler(hook, ['exec', 'httpGet', 'tcpSocket', 'sleep']);
    checkNumber(hook.at('sleep', 'seconds'), 0, graceSeconds);
  }
}

function checkProbe(probe: Field, isReadiness: boolean): void {
  checkHandler(probe, handlers);
  for (const key of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'failureThreshold'])
    checkNumber(probe.at(key), 0);
  const successes = probe.at('successThreshold');
  const grace = probe.at('terminationGracePeriodSeconds');
  if (isReadiness) {
    checkNumber(successes, 0);
    if (grace.exists) grace.invalid('is not for readiness probes: they end no container.', 'Remove it.');
    return;
  }
  if (successes.number !== null && successes.number > 1)
    successes.invalid('has to be 1 for liveness and startup probes.', 'Remove it.');
  checkNumber(successes, 0);
  checkNumber(grace, 1);
}

function checkHandler(field: Field, keys: readonly string[]): void {
  const handler = checkExactlyOne(field, keys);
  switch (handler?.path.at(-1)) {
    case 'exec':
      if (handler.at('command').items.length === 0) handler.at('command').missing('Give the command.');
      break;
    case 'httpGet':
      checkPortOrName(handler.at('port'));
      for (const header of handler.at('httpHeaders').items)
        if (!/^[-A-Za-z0-9]+$/.test(header.at('name').text ?? 'x'))
          header.at('name').invalid('is not the name of a header.', 'Use letters, digits and dashes.');
      break;
    case 'tcpSocket':
      checkPortOrName(handler.at('port'));
      break;
    case 'grpc':
      checkPort(handler.at('port'));
  }
}
