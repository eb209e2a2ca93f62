import type { Deployment } from '../../functions/deployment.ts';
import { DEPLOYMENT_FIELDS, statedResources } from '../../functions/deployment-fields.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { count, listOf, mapOf, object, text, type Shape } from '../../json/shape.ts';
import type { LogLine, Namespace, ProviderIdentity, SecretName } from '../provider.ts';

/** The answers of providers, and how to read them. A missing field means an empty one, as in all JSON of OpenFaaS. */

/** Reads a number that may have a fraction; undefined where there is none. */
const amount: Shape<number | undefined> = {
  zero: undefined,
  read: (value) => (typeof value === 'number' ? value : undefined),
};

const STATUS = object({
  name: text,
  ...DEPLOYMENT_FIELDS,
  replicas: count,
  availableReplicas: count,
  createdAt: text,
  usage: object({ cpu: amount, totalMemoryBytes: amount }),
  notes: listOf(text),
});

type WireStatus = typeof STATUS.zero;

/** The shapes of the answers. */
export const WIRE = {
  status: STATUS,
  statuses: listOf(STATUS),
  secrets: listOf(object({ name: text, namespace: text })) satisfies Shape<readonly SecretName[]>,
  names: listOf(text),
  namespace: object({ name: text, labels: mapOf(text), annotations: mapOf(text) }) satisfies Shape<Namespace>,
  info: object({
    provider: text,
    orchestration: text,
    version: object({ release: text, sha: text }),
  }),
  gatewayInfo: object({
    provider: object({ provider: text, orchestration: text, version: object({ release: text, sha: text }) }),
  }),
  logLine: object({ name: text, namespace: text, instance: text, timestamp: text, text }),
};

/** @param namespace is used where the provider names none */
export function statusOf(wire: WireStatus, namespace: string, withUsage: boolean): FunctionStatus {
  const { replicas = 0, availableReplicas = 0, createdAt, usage, notes, limits, requests, ...rest } = wire;
  const time = new Date(createdAt);
  const limited = statedResources(limits);
  const requested = statedResources(requests);
  return {
    deployment: {
      ...rest,
      namespace: wire.namespace || namespace,
      ...(limited && { limits: limited }),
      ...(requested && { requests: requested }),
    },
    replicas,
    availableReplicas,
    createdAt: Number.isNaN(time.getTime()) ? new Date(0) : time,
    ...(withUsage && { usage: { cpu: usage.cpu ?? 0, totalMemoryBytes: usage.totalMemoryBytes ?? 0 } }),
    notes,
  };
}

/** @returns a deployment as the body of a request to a provider */
export function wireDeployment({ name, ...rest }: Deployment): unknown {
  return { service: name, ...rest };
}

/** Replaces empty texts, as clients take them for an error. */
export function identityOf(info: typeof WIRE.info.zero): ProviderIdentity {
  const { provider, orchestration, version } = info;
  return {
    provider: provider || 'remote',
    orchestration: orchestration || 'remote',
    version: { release: version.release || 'unknown', sha: version.sha || 'unknown' },
  };
}

/** @param asked fills in fields that the provider leaves out */
export function logLineOf(line: typeof WIRE.logLine.zero, asked: { readonly namespace: string }): LogLine {
  const time = new Date(line.timestamp);
  return {
    name: line.name,
    namespace: line.namespace || asked.namespace,
    instance: line.instance,
    time: Number.isNaN(time.getTime()) ? new Date(0) : time,
    text: line.text,
  };
}
