import type { Report } from '../problem';
import { checkBinding, checkPriorityClass, checkRole } from './access';
import { checkAutoscaler, checkDisruptionBudget } from './autoscaling';
import { checkConfigMap, checkSecret } from './config';
import { Field } from './field';
import { checkIngress } from './ingress';
import { checkCronJob, checkJob } from './jobs';
import { checkLimitRange, checkNamespace, checkQuota } from './limits';
import { checkMetadata } from './metadata';
import { checkNetworkPolicy } from './network-policy';
import { checkPodSpec } from './pod';
import { checkService } from './services';
import { checkClaim, checkStorageClass } from './storage';
import { checkDaemonSet, checkDeployment, checkReplicaSet, checkStatefulSet } from './workloads';

/** Rules of the API server that its documents do not tell, by API group and kind (k8s.io/kubernetes, pkg/apis/<group>/validation). */
const rules: Readonly<Record<string, (object: Field) => void>> = {
  ConfigMap: checkConfigMap,
  LimitRange: checkLimitRange,
  Namespace: checkNamespace,
  PersistentVolumeClaim: checkClaim,
  Pod: (object) => checkPodSpec(object.at('spec')),
  ResourceQuota: checkQuota,
  Secret: checkSecret,
  Service: checkService,
  'apps DaemonSet': checkDaemonSet,
  'apps Deployment': checkDeployment,
  'apps ReplicaSet': checkReplicaSet,
  'apps StatefulSet': checkStatefulSet,
  'autoscaling HorizontalPodAutoscaler': checkAutoscaler,
  'batch CronJob': checkCronJob,
  'batch Job': checkJob,
  'networking.k8s.io Ingress': checkIngress,
  'networking.k8s.io NetworkPolicy': checkNetworkPolicy,
  'policy PodDisruptionBudget': checkDisruptionBudget,
  'rbac.authorization.k8s.io ClusterRole': checkRole,
  'rbac.authorization.k8s.io ClusterRoleBinding': checkBinding,
  'rbac.authorization.k8s.io Role': checkRole,
  'rbac.authorization.k8s.io RoleBinding': checkBinding,
  'scheduling.k8s.io PriorityClass': checkPriorityClass,
  'storage.k8s.io StorageClass': checkStorageClass,
};

/** Checks the values of an object beyond its schema. Places of another type than the schema's are passed over: checkStructure names them. */
export function checkFields(value: unknown, report: Report): void {
  const object = new Field(value, [], report);
  const [group] = /^([^/]+)\//.exec(object.at('apiVersion').text ?? '')?.slice(1) ?? [''];
  checkMetadata(object);
  rules[`${group} ${object.at('kind').text}`.trim()]?.(object);
}
