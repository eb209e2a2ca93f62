import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FaasProvider } from './faas-provider.ts';
import { newFolder, removeFolder } from './folder.ts';
import { holdToDocument } from './openapi.ts';
import { Output } from './output.ts';
import type { Owner } from './owner.ts';
import { RawConnection } from './raw-connection.ts';
import { request, type Answer, type RequestOptions } from './request.ts';
import { until, within } from './wait.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/of-gateway.js');

export type GatewayVariables = Readonly<Record<string, string | undefined>>;

export interface GatewayOptions {
  readonly args?: readonly string[];
  /** The state folder, which another gateway may have used; a new one where none is given. */
  readonly folder?: string;
  /** Puts something into the state folder before the start. */
  readonly prepare?: (folder: string) => void;
}

/** A request to the API. */
export interface ApiOptions extends Omit<RequestOptions, 'body' | 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text or bytes are sent as they are. */
  readonly body?: unknown;
  /** An Authorization header instead of the right one; null for none. */
  readonly login?: string | null;
}

/** A gateway that runs, as its users see it. */
export class OfGateway {
  readonly folder: string;
  readonly stderr: Output;
  readonly stdout: Output;
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #owner: Owner;
  readonly #child: ChildProcess;
  #port = 0;
  #metricsPort = 0;

  private constructor(owner: Owner, folder: string, child: ChildProcess) {
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('the gateway was started without streams');
    this.#owner = owner;
    this.#child = child;
    this.folder = folder;
    this.stdout = new Output(stdout);
    this.stderr = new Output(stderr);
    const exit = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
    });
    this.exited = Promise.all([exit, this.stdout.ended, this.stderr.ended]).then(([status]) => status);
    this.exited.catch(() => undefined);
  }

  /** Starts it, and ends it with the test; waits for nothing. */
  static spawn(owner: Owner, variables: GatewayVariables, options: GatewayOptions = {}): OfGateway {
    const folder = options.folder ?? newFolder();
    options.prepare?.(folder);
    const defaults = {
      PATH: process.env['PATH'],
      HOME: folder,
      state_dir: folder,
      port: '0',
      metrics_port: '0',
      // A container engine of the machine is no part of a test that does not ask for one.
      provider: variables['functions_provider_url'] === undefined ? 'process' : 'auto',
    };
    const env = Object.fromEntries(
      Object.entries({ ...defaults, ...variables }).filter(([, value]) => value !== undefined),
    ) as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [PROGRAM, ...(options.args ?? [])], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gateway = new OfGateway(owner, folder, child);
    owner.after(async () => {
      gateway.kill('SIGKILL');
      await within(gateway.exited, 'the gateway to end').catch(() => undefined);
      if (options.folder === undefined) removeFolder(folder);
    });
    return gateway;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get passwordFile(): string {
    return path.join(this.folder, 'basic-auth-password');
  }

  /** The Authorization header of its user; undefined where nobody logs in. */
  get login(): string | undefined {
    if (!existsSync(this.passwordFile)) return undefined;
    const password = readFileSync(this.passwordFile, 'utf8').trim();
    return `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  }

  /** Waits for the lines that name the ports. */
  async waitListening(): Promise<void> {
    const ports = async (): Promise<void> => {
      this.#port = Number((await this.stderr.waitFor(/Listening on http:\/\/[^ ]*:(\d+)/))[1]);
      this.#metricsPort = Number((await this.stderr.waitFor(/Metrics on http:\/\/[^ ]*:(\d+)/))[1]);
    };
    const early = this.exited.then((status) => {
      throw new Error(`the gateway ended (${status}); its log:\n${this.stderr.text}`);
    });
    await Promise.race([ports(), early]);
  }

  /**
   * Sends a request to the API, with the login unless told otherwise. Checks the answer against docs/openapi.yaml.
   */
  async api(method: string, target: string, options: ApiOptions = {}): Promise<Answer> {
    const { body, login = this.login, headers = {}, ...rest } = options;
    const bytes =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const length = bytes === undefined ? undefined : Buffer.byteLength(bytes); // Node does not announce the body of a DELETE
    const answer = await request(this.#port, {
      ...rest,
      method,
      path: target,
      headers: {
        ...(typeof login === 'string' && { authorization: login }),
        ...(length !== undefined && { 'content-length': length }),
        ...headers,
      },
      ...(bytes !== undefined && { body: bytes }),
    });
    if (answer.error === undefined) holdToDocument(method, target, answer);
    return answer;
  }

  /** Any request. */
  request(options: RequestOptions): Promise<Answer> {
    return request(this.#port, options);
  }

  /** Waits for a line of a function's log. */
  async logLine(name: string, pattern: RegExp): Promise<void> {
    await until(
      async () => pattern.test((await this.api('GET', `/system/logs?name=${name}`)).text),
      String(pattern),
    );
  }

  metrics(target = '/metrics', method = 'GET'): Promise<Answer> {
    return request(this.#metricsPort, { path: target, method });
  }

  connect(): Promise<RawConnection> {
    return RawConnection.open(this.#owner, this.#port);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Starts a gateway on free ports, with a state folder of its own. */
export async function startGateway(
  owner: Owner,
  variables: GatewayVariables = {},
  options: GatewayOptions = {},
): Promise<OfGateway> {
  const gateway = OfGateway.spawn(owner, variables, options);
  await gateway.waitListening();
  return gateway;
}

/** Starts a gateway in front of a provider that keeps everything in memory. */
export async function startBeforeProvider(
  owner: Owner,
  variables: GatewayVariables = {},
): Promise<{ gateway: OfGateway; provider: FaasProvider }> {
  const provider = await FaasProvider.start(owner);
  const gateway = await startGateway(owner, { functions_provider_url: provider.url, ...variables });
  return { gateway, provider };
}
