import { SECRETS_MOUNT } from '../../common/secrets-mount.ts';
import { KitError } from '../errors.ts';
import type { Resources } from '../stack/functions.ts';
import { nodeLabel } from './constraints.ts';
import { sorted, type Workload } from './workload.ts';

/** The parts that the pods of a Deployment and a Knative revision share. */

/** The form of a label of Kubernetes: a name, behind a prefix with a slash if it has one, and its value. */
const LABEL = /^(?:[A-Za-z0-9](?:[-.\w]{0,61}[A-Za-z0-9])?)$/;

/**
 * Gives the labels of the function's pods.
 * @throws KitError INVALID for a label that Kubernetes would refuse
 */
export function podLabels(workload: Workload): Record<string, string> {
  for (const [key, value] of Object.entries(workload.labels))
    checkLabel(key, value, `label of ${workload.name}`);
  return sorted({ ...workload.labels, ...selectorLabels(workload) });
}

/** The label by which the function's pods are found. */
export function selectorLabels({ name }: Workload): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/**
 * Turns constraints into node labels.
 * @throws KitError INVALID for a constraint that is no KEY=VALUE
 */
export function nodeSelector({ constraints, name }: Workload): { nodeSelector?: Record<string, string> } {
  if (constraints.length === 0) return {};
  const pairs = constraints.flatMap((constraint): (readonly [string, string])[] => {
    const label = nodeLabel(constraint);
    if (label === undefined) return [];
    if (label === 'unreadable') {
      throw new KitError(
        'INVALID',
        `constraint "${constraint}" of ${name} cannot be read: write LABEL=VALUE, such as kubernetes.io/arch=arm64`,
      );
    }
    checkLabel(...label, `constraint of ${name}`);
    return [label];
  });
  if (pairs.length === 0) return {};
  return { nodeSelector: sorted(Object.fromEntries(pairs)) };
}

/** Makes the container: image, environment, resources, mounts, and the fewest rights that there are. */
export function container(workload: Workload) {
  const { image, limits, requests, secrets } = workload;
  const named = workload.authenticates ? { OPENFAAS_NAME: workload.name } : {};
  const environment = sorted({ ...named, ...workload.environment });
  // Kubernetes would replace $(NAME) by the value of the variable NAME.
  const env = Object.entries(environment).map(([name, value]) => ({
    name,
    value: value.replaceAll('$(', '$$$$('),
  }));
  const resources = { ...given('limits', limits), ...given('requests', requests) };
  return {
    image,
    ...(env.length > 0 && { env }),
    ...(Object.keys(resources).length > 0 && { resources }),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: workload.readOnlyRootFilesystem,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' as const },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(secrets.length > 0 ? [{ name: 'secrets', mountPath: SECRETS_MOUNT, readOnly: true }] : []),
    ],
  };
}

/** Makes the mounts: /tmp for the lock-file, and one folder for the secrets, where each key of a Secret is a file. */
export function volumes({ secrets }: Workload) {
  const sources = secrets.map((name) => ({ secret: { name } }));
  return [
    { name: 'tmp', emptyDir: {} },
    ...(sources.length > 0 ? [{ name: 'secrets', projected: { sources } }] : []),
  ];
}

export function metadata({ name, namespace }: Workload): { name: string; namespace?: string } {
  return { name, ...(namespace && { namespace }) };
}

function given(
  key: 'limits' | 'requests',
  { cpu, memory }: Resources,
): { limits?: Record<string, string>; requests?: Record<string, string> } {
  if (!cpu && !memory) return {};
  return { [key]: { ...(cpu && { cpu }), ...(memory && { memory }) } };
}

function checkLabel(key: string, value: string, what: string): void {
  const [prefix, name, ...rest] = key.includes('/') ? key.split('/') : ['', key];
  const readable =
    rest.length === 0 && LABEL.test(name ?? '') && /^(?:[a-z0-9][-.a-z0-9]*)?$/.test(prefix ?? '');
  if (readable && (value === '' || LABEL.test(value))) return;
  throw new KitError(
    'INVALID',
    `${what} ${key}=${value} is none that Kubernetes takes: up to 63 of A-Z, a-z, 0-9, dash, dot and underscore`,
  );
}
