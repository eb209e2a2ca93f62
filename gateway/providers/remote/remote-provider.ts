import { readCredentials } from '../../auth/password-file.ts';
import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';
import type { FunctionName } from '../../functions/function-name.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { unknownFunction } from '../../functions/unknown-function.ts';
import { decodeJson } from '../../json/decode.ts';
import type { Shape } from '../../json/shape.ts';
import type { Settings } from '../../settings/table.ts';
import { StartError } from '../../start-error.ts';
import type { LogLine, LogQuery, Namespaces, Provider, ProviderIdentity, Secrets } from '../provider.ts';
import { ProviderClient, requireDone, type ErrorCodes, type ProviderRequest } from './provider-client.ts';
import { RemoteEndpoints } from './remote-endpoints.ts';
import { remoteLogs } from './remote-logs.ts';
import { RemoteNamespaces } from './remote-namespaces.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import { identityOf, statusOf, WIRE, wireDeployment } from './provider-answers.ts';

const DEPLOYING = { 400: 'DEPLOYMENT_INVALID', 404: 'FUNCTION_UNKNOWN', 409: 'FUNCTION_EXISTS' } as const;
const NAMING = { 400: 'NAMESPACE_UNKNOWN', 404: 'FUNCTION_UNKNOWN' } as const;

/** Lets another program run the functions: any provider with the REST API of OpenFaaS's faas-provider. */
export class RemoteProvider implements Provider {
  readonly endpoints: RemoteEndpoints;
  readonly secrets: Secrets;
  readonly namespaces: Namespaces;
  readonly #client: ProviderClient;
  readonly #logs: ProviderClient;
  #identity = identityOf(WIRE.info.zero);

  private constructor(client: ProviderClient, logs: ProviderClient, settings: Settings) {
    const { functionsProviderUrl, functionNamespace } = settings;
    if (!functionsProviderUrl) throw new StartError('the remote provider needs functions_provider_url');
    this.#client = client;
    this.#logs = logs;
    this.secrets = new RemoteSecrets(client);
    this.namespaces = new RemoteNamespaces(client, functionNamespace);
    const functions = {
      status: (name: FunctionName) => this.status(name, { usage: false }),
      scale: (name: FunctionName, replicas: number) => this.scale(name, replicas),
    };
    this.endpoints = new RemoteEndpoints(functions, functionsProviderUrl, () => performance.now());
  }

  /**
   * Reads the gateway's own login, which goes with every request to the provider.
   * @throws StartError
   */
  static async create(settings: Settings): Promise<RemoteProvider> {
    const {
      functionsProviderUrl,
      logsProviderUrl = functionsProviderUrl,
      basicAuth,
      secretMountPath,
    } = settings;
    if (!functionsProviderUrl || !logsProviderUrl) {
      throw new StartError('provider=remote needs functions_provider_url, such as http://127.0.0.1:8081');
    }
    const credentials = basicAuth ? await readCredentials(secretMountPath) : undefined;
    const login =
      credentials && Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
    const authorization = login === undefined ? undefined : `Basic ${login}`;
    const timeout = settings.upstreamTimeout;
    const client = new ProviderClient({ ...functionsProviderUrl, authorization, timeout });
    const logs = new ProviderClient({ ...logsProviderUrl, authorization, timeout });
    return new RemoteProvider(client, logs, settings);
  }

  get identity(): ProviderIdentity {
    return this.#identity;
  }

  /** Does not wait for a provider that does not answer yet. */
  async start(): Promise<void> {
    await this.#readIdentity().catch(() => undefined);
  }

  stop(): Promise<void> {
    return this.kill();
  }

  async kill(): Promise<void> {
    await Promise.all([this.#client.close(), this.#logs.close()]);
  }

  async checkHealth(): Promise<void> {
    const { status } = await this.#client.send('GET', '/healthz');
    if (status < 200 || status >= 300) {
      throw new GatewayError(
        'PROVIDER_UNAVAILABLE',
        `the provider at ${this.#client.origin} answered ${status} to GET /healthz`,
      );
    }
    await this.#readIdentity().catch(() => undefined);
  }

  async list(namespace: string): Promise<readonly FunctionStatus[]> {
    const codes = { 400: 'NAMESPACE_UNKNOWN', 404: 'NAMESPACE_UNKNOWN' } as const;
    const statuses = await this.#read('/system/functions', WIRE.statuses, codes, { query: { namespace } });
    return statuses.map((status) => statusOf(status, namespace, false));
  }

  async status({ name, namespace }: FunctionName, { usage }: { usage: boolean }): Promise<FunctionStatus> {
    if (/^\.*$/.test(name)) throw unknownFunction({ name, namespace }); // dots alone would lead to another path
    const answer = await this.#client.send('GET', `/system/function/${name}`, {
      query: { namespace, ...(usage && { usage: '1' }) },
    });
    if (answer.status === 404) throw unknownFunction({ name, namespace });
    requireDone(answer, NAMING);
    return statusOf(decodeJson(Buffer.from(answer.text), WIRE.status), namespace, usage);
  }

  async deploy(deployment: Deployment): Promise<void> {
    const answer = await this.#client.send('POST', '/system/functions', { body: wireDeployment(deployment) });
    if (answer.status === 500 && answer.text.includes('already exists')) {
      throw new GatewayError('FUNCTION_EXISTS', answer.text.trim());
    }
    requireDone(answer, DEPLOYING);
  }

  async update(deployment: Deployment): Promise<void> {
    const answer = await this.#client.send('PUT', '/system/functions', { body: wireDeployment(deployment) });
    if (answer.status === 404) throw unknownFunction(deployment);
    requireDone(answer, DEPLOYING);
  }

  /** Sends the namespace in the query and in the body, as providers read different ones. */
  async remove({ name, namespace }: FunctionName): Promise<void> {
    const body = { functionName: name, namespace };
    const answer = await this.#client.send('DELETE', '/system/functions', { query: { namespace }, body });
    if (answer.status === 404) throw unknownFunction({ name, namespace });
    requireDone(answer, NAMING);
  }

  async scale({ name, namespace }: FunctionName, replicas: number): Promise<void> {
    const body = { serviceName: name, namespace, replicas };
    const path = `/system/scale-function/${name}`;
    const answer = await this.#client.send('POST', path, { query: { namespace }, body });
    if (answer.status === 404) throw unknownFunction({ name, namespace });
    requireDone(answer, NAMING);
  }

  /** Decides by the calls of this gateway only. The provider must see to calls that come during the request. */
  async stopIfIdle(name: FunctionName): Promise<void> {
    if (this.endpoints.load(name) === 0) await this.scale(name, 0);
  }

  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    return remoteLogs(this.#logs, query, signal);
  }

  /** Reads the provider's name and version. If the provider is a gateway too, they are in a part of its answer. */
  async #readIdentity(): Promise<void> {
    const { status, text } = await this.#client.send('GET', '/system/info');
    if (status !== 200) return;
    const body = Buffer.from(text);
    const isGateway = /"provider"\s*:\s*\{/.test(text);
    this.#identity = identityOf(
      isGateway ? decodeJson(body, WIRE.gatewayInfo).provider : decodeJson(body, WIRE.info),
    );
  }

  async #read<T>(path: string, shape: Shape<T>, codes: ErrorCodes, request?: ProviderRequest): Promise<T> {
    const answer = await this.#client.send('GET', path, request);
    requireDone(answer, codes);
    return decodeJson(Buffer.from(answer.text), shape);
  }
}
