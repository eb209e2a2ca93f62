import { KitError } from '../errors.ts';
import type { FunctionEntry, Resources } from '../stack/functions.ts';
import { checkResources } from './quantity.ts';
import { graceSeconds } from './timing.ts';

/** Where a function finds its secrets, one file each. */
export const SECRETS_FOLDER = '/var/openfaas/secrets';

/** A function as it is to run, from which the manifests of all targets are made. */
export interface Workload {
  readonly name: string;
  /** Empty where kubectl is to decide. */
  readonly namespace: string;
  readonly image: string;
  /** Of stack.yaml, in the order of their names; what the image sets is not among them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly constraints: readonly string[];
  readonly secrets: readonly string[];
  readonly limits: Resources;
  readonly requests: Resources;
  readonly readOnlyRootFilesystem: boolean;
  /** Where the watchdog listens. */
  readonly port: number;
  /** Whether the watchdog checks tokens, for which it reads the namespace of its service account. */
  readonly authenticates: boolean;
  /** From SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
}

export interface WorkloadParts {
  readonly image: string;
  readonly namespace: string;
  /** environment, and environment_file over it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the image's Dockerfile sets, as far as it is known. */
  readonly imageVariables: Readonly<Record<string, string>>;
}

/** @throws KitError INVALID where a value cannot be what it has to be */
export function toWorkload(entry: FunctionEntry, parts: WorkloadParts): Workload {
  const { name } = entry;
  const given: Readonly<Record<string, string>> = {
    ...(entry.fprocess && { fprocess: entry.fprocess }),
    ...parts.variables,
  };
  const effective: Readonly<Record<string, string>> = { ...parts.imageVariables, ...given };
  checkResources(entry.limits, `limits of ${name}`);
  checkResources(entry.requests, `requests of ${name}`);
  for (const secret of entry.secrets) checkSecret(secret, name);
  return {
    name,
    namespace: parts.namespace,
    image: parts.image,
    environment: sorted(given),
    labels: sorted(entry.labels),
    annotations: sorted(entry.annotations),
    constraints: entry.constraints,
    secrets: entry.secrets,
    limits: entry.limits,
    requests: entry.requests,
    readOnlyRootFilesystem: entry.readOnlyRootFilesystem,
    port: portOf(effective.port || '8080', name),
    authenticates: /^(?:1|t|true)$/i.test(effective.jwt_auth ?? ''),
    graceSeconds: graceSeconds(effective, name),
  };
}

/** The pairs in the order of their keys' characters, so that the same stack makes the same bytes. */
export function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function portOf(text: string, name: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new KitError('INVALID', `port=${text} of ${name} is no port: write a number from 1 to 65535`);
}

/** RFC 1123, as Kubernetes names a Secret; it is also the name of a file. */
function checkSecret(secret: string, name: string): void {
  if (/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/.test(secret)) return;
  throw new KitError(
    'INVALID',
    `secret "${secret}" of ${name} can only contain a-z, 0-9, dashes and dots: rename it`,
  );
}
