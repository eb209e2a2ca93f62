import type { Deployment } from '../functions/deployment.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { Endpoints } from '../routing/endpoints.ts';

/** Who runs the functions, for `/system/info`. No text is empty: clients take that for a fault. */
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
}

/** Which lines are wanted. */
export interface LogQuery extends FunctionName {
  /** One instance's alone. */
  readonly instance?: string;
  /** None that is older. */
  readonly since?: Date;
  /** The last so many of those that are there; undefined for all. */
  readonly tail?: number;
  /** Whether to wait for more. */
  readonly follow: boolean;
}

/**
 * Runs functions. A promise that resolves means that what was asked for is durable; whatever cannot be done rejects
 * with a GatewayError whose text is one line for the user.
 */
export interface Provider {
  readonly identity: ProviderIdentity;
  /** Which instances serve; see `Endpoints`. */
  readonly endpoints: Endpoints;

  /** Takes up what is deployed. To be called once, before anything else. */
  start(): Promise<void>;
  /** Lets what is in flight end within `deadlineMs`, then ends all that this provider owns. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends all of it at once. */
  kill(): Promise<void>;
  /** @throws GatewayError PROVIDER_UNAVAILABLE with the reason */
  checkHealth(): Promise<void>;

  /**
   * With usage where that is asked for and can be had for all at a time.
   * @throws GatewayError NAMESPACE_UNKNOWN
   */
  list(namespace: string, options?: { readonly usage: boolean }): Promise<readonly FunctionStatus[]>;
  /** @throws GatewayError FUNCTION_UNKNOWN, NAMESPACE_UNKNOWN */
  status(name: FunctionName, options: { readonly usage: boolean }): Promise<FunctionStatus>;
  /**
   * Makes a function that is not there yet. Its instances may still be starting when this resolves.
   * @throws GatewayError FUNCTION_EXISTS, NAMESPACE_UNKNOWN, IMAGE_UNAVAILABLE, SECRET_UNKNOWN, DEPLOYMENT_INVALID
   */
  deploy(deployment: Deployment): Promise<void>;
  /**
   * Replaces a function: the old version serves until the new one is ready, and goes on where that never happens.
   * @throws GatewayError FUNCTION_UNKNOWN and those of `deploy`
   */
  update(deployment: Deployment): Promise<void>;
  /** @throws GatewayError FUNCTION_UNKNOWN */
  remove(name: FunctionName): Promise<void>;
  /** @throws GatewayError FUNCTION_UNKNOWN */
  scale(name: FunctionName, replicas: number): Promise<void>;
  /**
   * Scales to zero, unless a call is in flight or waits: deciding that and giving an instance a call cannot both happen
   * where the provider learns of each call.
   * @throws GatewayError FUNCTION_UNKNOWN
   */
  stopIfIdle(name: FunctionName): Promise<void>;

  /**
   * The lines that are kept, oldest first, then those that come, until `signal` aborts.
   * @throws GatewayError FUNCTION_UNKNOWN before the first line
   */
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;

  readonly secrets: Secrets;
  readonly namespaces: Namespaces;
}

/** Values go in, and never out. */
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
  /** The default one is always among them. */
  list(): Promise<readonly Namespace[]>;
  /** @throws GatewayError NAMESPACE_EXISTS */
  create(namespace: Namespace): Promise<void>;
  /** Replaces labels and annotations. @throws GatewayError NAMESPACE_UNKNOWN */
  update(namespace: Namespace): Promise<void>;
  /** Removes it with its functions and secrets. @throws GatewayError NAMESPACE_UNKNOWN, NAMESPACE_PROTECTED */
  remove(name: string): Promise<void>;
}
