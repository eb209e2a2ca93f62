import type { Deployment } from '../functions/deployment.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { LineKind } from '../function-logs/log-ring.ts';
import type { Endpoints } from '../routing/endpoints.ts';

/** The provider's name and version, for `/system/info`. No text may be empty, as clients take that for an error. */
export interface ProviderIdentity {
  readonly provider: string;
  readonly orchestration: string;
  readonly version: { readonly release: string; readonly sha: string };
}

export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface SecretName {
  readonly name: string;
  readonly namespace: string;
}

/** One line that an instance wrote. */
export interface LogLine {
  readonly name: string;
  readonly namespace: string;
  readonly instance: string;
  readonly time: Date;
  readonly text: string;
  /** The origin of the line, if it is known and not the function. */
  readonly kind?: LineKind;
}

/** Selects lines of a function's log. */
export interface LogQuery extends FunctionName {
  /** Only lines of this instance. */
  readonly instance?: string;
  /** No older lines. */
  readonly since?: Date;
  /** How many of the last kept lines; undefined for all. */
  readonly tail?: number;
  /** Whether to go on with new lines as they come. */
  readonly follow: boolean;
}

/**
 * Runs functions. When a promise resolves, the change is durable. When it rejects, the GatewayError has a text of one
 * line for the user.
 */
export interface Provider {
  readonly identity: ProviderIdentity;
  /** The instances that serve calls. */
  readonly endpoints: Endpoints;

  /** Takes up the functions that are deployed. Is called once, before anything else. */
  start(): Promise<void>;
  /** Waits up to `deadlineMs` for calls in flight, then stops all functions that this provider runs. */
  stop(deadlineMs: number): Promise<void>;
  /** Kills all functions that this provider runs. */
  kill(): Promise<void>;
  /** @throws GatewayError PROVIDER_UNAVAILABLE with the reason */
  checkHealth(): Promise<void>;

  /**
   * Lists the functions of a namespace, with their usage if it is asked for and can be measured for all at once.
   * @throws GatewayError NAMESPACE_UNKNOWN
   */
  list(namespace: string, options?: { readonly usage: boolean }): Promise<readonly FunctionStatus[]>;
  /** @throws GatewayError FUNCTION_UNKNOWN, NAMESPACE_UNKNOWN */
  status(name: FunctionName, options: { readonly usage: boolean }): Promise<FunctionStatus>;
  /**
   * Deploys a new function. Its instances may still be starting when this resolves.
   * @throws GatewayError FUNCTION_EXISTS, NAMESPACE_UNKNOWN, IMAGE_UNAVAILABLE, SECRET_MISSING, DEPLOYMENT_INVALID,
   * PORT_TAKEN, PROVIDER_UNAVAILABLE
   */
  deploy(deployment: Deployment): Promise<void>;
  /**
   * Replaces a function. The old version serves until the new one is ready.
   * @throws GatewayError FUNCTION_UNKNOWN and those of `deploy`
   */
  update(deployment: Deployment): Promise<void>;
  /** @throws GatewayError FUNCTION_UNKNOWN */
  remove(name: FunctionName): Promise<void>;
  /** @throws GatewayError FUNCTION_UNKNOWN */
  scale(name: FunctionName, replicas: number): Promise<void>;
  /**
   * Scales to zero, unless a call is in flight or waits. A provider that sees each call decides this without a race: no
   * call goes to an instance that this stops.
   * @throws GatewayError FUNCTION_UNKNOWN
   */
  stopIfIdle(name: FunctionName): Promise<void>;

  /**
   * Yields the kept lines, the oldest first; then, if the query follows, new ones until `signal` aborts.
   * @throws GatewayError FUNCTION_UNKNOWN before the first line
   */
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;

  readonly secrets: Secrets;
  readonly namespaces: Namespaces;
}

/** The secrets of functions. The API writes their values, and never reads them. */
export interface Secrets {
  list(namespace: string): Promise<readonly SecretName[]>;
  /** @throws GatewayError SECRET_EXISTS */
  create(secret: SecretName, value: Buffer): Promise<void>;
  /** @throws GatewayError SECRET_UNKNOWN */
  update(secret: SecretName, value: Buffer): Promise<void>;
  /** @throws GatewayError SECRET_UNKNOWN */
  remove(secret: SecretName): Promise<void>;
}

export interface Namespaces {
  /** @returns all namespaces, the default one included */
  list(): Promise<readonly Namespace[]>;
  /** @throws GatewayError NAMESPACE_EXISTS */
  create(namespace: Namespace): Promise<void>;
  /** Replaces labels and annotations. @throws GatewayError NAMESPACE_UNKNOWN */
  update(namespace: Namespace): Promise<void>;
  /** Removes a namespace with its functions and secrets. @throws GatewayError NAMESPACE_UNKNOWN, NAMESPACE_PROTECTED */
  remove(name: string): Promise<void>;
}
