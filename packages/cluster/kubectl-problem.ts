import { ClusterError, UnreachableError } from './cluster-error';

/** How kubectl says that no API server answered. */
const noAnswer =
  /was refused - did you specify|connection refused|connection reset|unable to connect to the server|i\/o timeout|handshake timeout|no route to host|client\.timeout exceeded|context deadline exceeded|unexpected EOF|http2: client connection lost|unable to handle the request|etcdserver: |ServiceUnavailable/i;

/**
 * What kubectl said, in one line with what to do where that is known.
 * @param where context and namespace, for people
 */
export function kubectlProblem(purpose: string, where: string, stderr: string): ClusterError {
  const said = stderr
    .split('\n')
    .map((line) => line.trim().replace(/^(error|Error from server(?: \(\w+\))?): /i, ''))
    .filter((line) => line !== '' && !/^(Warning:|[EWI]\d{4} )/.test(line))
    .join(' ');
  if (/context "[^"]*" does not exist/.test(stderr))
    return new ClusterError(
      `${where}: this context is not in the kubeconfig. See: kubectl config get-contexts`,
    );
  const what = `${where}: cannot ${purpose}:`;
  if (noAnswer.test(stderr))
    return new UnreachableError(`${what} the API server does not answer${said && `: ${said}`}`);
  if (/namespaces "[^"]*" not found/.test(stderr))
    return new ClusterError(
      `${what} the namespace does not exist. Make it first, with the deploy of the project infrastructure or with kubectl create namespace.`,
    );
  const [conflict] = /Apply failed with \d+ conflicts?: .*?(?= Please review|$)/.exec(said) ?? [];
  if (conflict !== undefined)
    return new ClusterError(
      `${what} others have set what these manifests set, too. ${conflict} Leave these fields out of the manifests, or take them over with --forceConflicts.`,
    );
  return new ClusterError(`${what} ${said || 'kubectl said nothing'}`);
}
