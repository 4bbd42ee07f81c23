import type { Field } from '../fields/field';
import { labelsOf, selects } from '../fields/selectors';
import type { Manifest } from '../manifest';

/** Kinds that start pods, and where each has its template. */
const templates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  ScaledJob: ['spec', 'jobTargetRef', 'template'],
  Pod: [],
};

/** An object that starts pods. */
export interface Workload {
  readonly manifest: Manifest;
  /** The pod's `metadata` and `spec`. */
  readonly template: Field;
  readonly spec: Field;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly containers: readonly Field[];
  /** Init containers and containers. */
  readonly allContainers: readonly Field[];
}

/** All objects that are in a namespace together. */
export class ObjectSet {
  readonly workloads: readonly Workload[];

  constructor(readonly manifests: readonly Manifest[]) {
    this.workloads = manifests.flatMap((manifest) => {
      const path = templates[manifest.kind];
      return path ? [workloadOf(manifest, manifest.root.at(...path))] : [];
    });
  }

  ofKind(kind: string): readonly Manifest[] {
    return this.manifests.filter((manifest) => manifest.kind === kind);
  }

  /** Those whose findings are told here. */
  ownOfKind(...kinds: readonly string[]): readonly Manifest[] {
    return this.manifests.filter(({ kind, isForeign }) => kinds.includes(kind) && !isForeign);
  }

  get ownWorkloads(): readonly Workload[] {
    return this.workloads.filter(({ manifest }) => !manifest.isForeign);
  }

  find(kind: string, name: string | null): Manifest | undefined {
    return this.manifests.find((manifest) => manifest.kind === kind && manifest.name === name);
  }

  /** Workloads whose pods a selector with matchLabels and matchExpressions takes. */
  selected(selector: Field): readonly Workload[] {
    return this.workloads.filter(({ labels }) => selects(selector, labels));
  }

  /** Workloads that a Service sends to; null where it selects nothing by itself. */
  behind(service: Manifest): readonly Workload[] | null {
    const selector = service.root.at('spec', 'selector');
    if (selector.entries.length === 0) return null;
    return this.workloads.filter(({ labels }) =>
      selector.entries.every(([key, { value }]) => Object.hasOwn(labels, key) && labels[key] === value),
    );
  }
}

/** Port names of a workload's containers, and their numbers. */
export function portsOf({ allContainers }: Workload): readonly Field[] {
  return allContainers.flatMap((container) => container.at('ports').items);
}

/** Does one of these ports have this name or number? */
export function hasPort(ports: readonly Field[], port: unknown): boolean {
  return ports.some((one) => one.at(typeof port === 'number' ? 'containerPort' : 'name').value === port);
}

function workloadOf(manifest: Manifest, template: Field): Workload {
  const spec = template.at('spec');
  const containers = spec.at('containers').items;
  return {
    manifest,
    template,
    spec,
    labels: labelsOf(template),
    containers,
    allContainers: [...spec.at('initContainers').items, ...containers],
  };
}
