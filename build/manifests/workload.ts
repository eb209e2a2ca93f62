import { parseQuantity } from '../../common/quantity.ts';
import { KitError } from '../errors.ts';
import { isFunctionName, type FunctionEntry, type Resources } from '../stack/functions.ts';
import { graceSeconds } from './timing.ts';

/** A function as the manifests of all targets describe it. */
export interface Workload {
  readonly name: string;
  /** Its place in stack.yaml, for errors. */
  readonly place: string;
  /** Empty where kubectl decides. */
  readonly namespace: string;
  readonly image: string;
  /** The variables of stack.yaml in the order of their names, without the image's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly constraints: readonly string[];
  readonly secrets: readonly string[];
  readonly limits: Resources;
  readonly requests: Resources;
  readonly readOnlyRootFilesystem: boolean;
  /** The port where the watchdog listens. */
  readonly port: number;
  /** Whether the watchdog checks tokens, for which it reads the namespace of its service account. */
  readonly authenticates: boolean;
  /** The time from SIGTERM to SIGKILL, in seconds. */
  readonly graceSeconds: number;
}

export interface WorkloadParts {
  readonly image: string;
  readonly namespace: string;
  /** The variables of `environment`, and the ones of `environment_file` over them. */
  readonly variables: Readonly<Record<string, string>>;
  /** The variables of the image's Dockerfile, as far as it is known. */
  readonly imageVariables: Readonly<Record<string, string>>;
}

/** @throws KitError INVALID for a value that the manifests cannot have */
export function toWorkload(entry: FunctionEntry, parts: WorkloadParts): Workload {
  const { name } = entry;
  const given: Readonly<Record<string, string>> = {
    ...(entry.fprocess && { fprocess: entry.fprocess }),
    ...parts.variables,
  };
  const effective: Readonly<Record<string, string>> = { ...parts.imageVariables, ...given };
  checkResources(entry.limits, `limits of ${name}`);
  checkResources(entry.requests, `requests of ${name}`);
  for (const secret of entry.secrets) checkSecret(entry, secret);
  return {
    name,
    place: entry.place,
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

/** Sorts pairs by the characters of their keys, so that the same stack makes the same bytes. */
export function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function portOf(text: string, name: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new KitError('INVALID', `port=${text} of ${name} is no port: write a number from 1 to 65535`);
}

/** Checks the name of a secret, which is the name of a file too. */
function checkSecret({ name, place }: FunctionEntry, secret: string): void {
  if (/^[A-Za-z0-9_][\w.-]{0,252}$/.test(secret)) return;
  throw new KitError(
    'INVALID',
    `${place}: secret "${secret}" of ${name} can only contain a-z, A-Z, 0-9, dash, dot and underscore: rename it`,
  );
}

/**
 * Checks the names of the function and of its Secrets by the rules of Kubernetes (RFC 1123).
 * @throws KitError INVALID
 */
export function checkNames({ name, place, secrets }: Workload): void {
  if (!isFunctionName(name)) {
    throw new KitError(
      'INVALID',
      `${place}: function name "${name}" can only contain a-z, 0-9 and dashes, 63 at most, for Kubernetes: rename it`,
    );
  }
  for (const secret of secrets) {
    if (/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/.test(secret)) continue;
    throw new KitError(
      'INVALID',
      `${place}: secret "${secret}" of ${name} can only contain a-z, 0-9, dashes and dots, for Kubernetes: rename it`,
    );
  }
}

/**
 * @param what the value and its function, for the error
 * @throws KitError INVALID
 */
function checkResources(resources: Resources, what: string): void {
  for (const [key, text] of Object.entries(resources)) {
    if (text === undefined || (parseQuantity(text) ?? 0) > 0) continue;
    throw new KitError(
      'INVALID',
      `${what}.${key}: ${text} is no quantity: write 128Mi or 1G for memory, 100m or 0.5 for CPU`,
    );
  }
}
