import { UnreachableError } from './cluster-error';
import { kubectlProblem } from './kubectl-problem';

const problem = (stderr: string) => kubectlProblem('apply the manifests', 'staging/shop', stderr);

it.each([
  'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
  'Unable to connect to the server: dial tcp: i/o timeout',
  'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
  'error: Get "https://127.0.0.1:1/api": net/http: TLS handshake timeout',
])('no answer: %s', (stderr) => expect(problem(stderr)).toBeInstanceOf(UnreachableError));

it.each([
  [
    'error: context "x" does not exist',
    'staging/shop: this context is not in the kubeconfig. See: kubectl config get-contexts',
  ],
  [
    'Error from server (NotFound): namespaces "shop" not found',
    'staging/shop: cannot apply the manifests: the namespace does not exist. Make it first, with the deploy of the project infrastructure or with kubectl create namespace.',
  ],
  [
    'error: Apply failed with 1 conflict: conflict with "hpa": .spec.replicas\nPlease review the fields above',
    'staging/shop: cannot apply the manifests: others have set what these manifests set, too. Apply failed with 1 conflict: conflict with "hpa": .spec.replicas Leave these fields out of the manifests, or take them over with --forceConflicts.',
  ],
  [
    'Warning: old\nThe Deployment "api" is invalid: \n* spec.replicas: Invalid value: -1',
    'staging/shop: cannot apply the manifests: The Deployment "api" is invalid: * spec.replicas: Invalid value: -1',
  ],
  ['', 'staging/shop: cannot apply the manifests: kubectl said nothing'],
])('%j', (stderr, message) => {
  expect(problem(stderr)).not.toBeInstanceOf(UnreachableError);
  expect(problem(stderr).message).toBe(message);
});
