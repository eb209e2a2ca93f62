import { KitError } from '../errors.ts';
import type { Resources } from '../stack/functions.ts';
import { nodeLabel } from './constraints.ts';
import { SECRETS_FOLDER, sorted, type Workload } from './workload.ts';

/** What a Deployment's pods and a Knative revision have in common. */

/** The name that a label of Kubernetes may have, behind a prefix with a slash, and its value. */
const LABEL = /^(?:[A-Za-z0-9](?:[-.\w]{0,61}[A-Za-z0-9])?)$/;

/**
 * The function's labels, as its pods carry them.
 * @throws KitError INVALID for what Kubernetes would refuse
 */
export function podLabels(workload: Workload): Record<string, string> {
  for (const [key, value] of Object.entries(workload.labels))
    checkLabel(key, value, `label of ${workload.name}`);
  return sorted({ ...workload.labels, ...selectorLabels(workload) });
}

/** What tells the function's pods from all others. */
export function selectorLabels({ name }: Workload): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/**
 * Constraints as node labels.
 * @throws KitError INVALID for one that is no KEY=VALUE
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

/** The container: image, environment, resources, mounts and what it may do, which is as little as there is. */
export function container(workload: Workload) {
  const { image, limits, requests, secrets } = workload;
  const named = workload.authenticates ? { OPENFAAS_NAME: workload.name } : {};
  const environment = sorted({ ...named, ...workload.environment });
  // Kubernetes puts another variable in the place of $(NAME).
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
      ...(secrets.length > 0 ? [{ name: 'secrets', mountPath: SECRETS_FOLDER, readOnly: true }] : []),
    ],
  };
}

/** /tmp, where the lock-file is; and the secrets, all in one folder, each key of a Secret being a file. */
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
