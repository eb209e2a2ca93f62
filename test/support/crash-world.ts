import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { embedded, type BackEnd } from './back-ends.ts';
import { FaasProvider } from './faas-provider.ts';
import { startGateway, type GatewayVariables, type OfGateway } from './of-gateway.ts';
import type { Owner } from './owner.ts';
import { makeStateFolder } from './state-folder.ts';
import { until } from './wait.ts';

/** Answers a request, or holds it by doing nothing. */
type Behaviour = (response: http.ServerResponse, id: string) => void;

export const succeed: Behaviour = (response) => response.end('done');
export const fail: Behaviour = (response) => response.writeHead(503).end('failed');
export const hold: Behaviour = () => undefined;

/** Long enough for all calls of a test to wait at the same time. */
const WAIT = process.env['CRASH_CALLS'] === undefined ? '1s' : '30s';
const ANNOTATIONS = { 'com.openfaas.retry.min_wait': WAIT, 'com.openfaas.retry.max_wait': WAIT };

/** The surroundings that outlive a killed gateway: its state folder, its functions, and the receiver of callbacks. */
export class CrashWorld {
  /** The behaviour of functions, and that of the receiver of callbacks. */
  onRun: Behaviour = succeed;
  onCallback: Behaviour = succeed;
  /** How often each call came to its function, and its callback to its taker, by id. */
  readonly runs = new Map<string, number>();
  readonly callbacks = new Map<string, number>();
  readonly #owner: Owner;
  readonly #provider: FaasProvider;
  readonly #folder = makeStateFolder();
  readonly #variables: GatewayVariables;
  #gateway: OfGateway | undefined;

  private constructor(owner: Owner, provider: FaasProvider, variables: GatewayVariables) {
    this.#owner = owner;
    this.#provider = provider;
    this.#variables = variables;
  }

  /** Starts a gateway with one function `fn`, in the test's own process. */
  static async make(
    owner: Owner,
    variables: GatewayVariables = {},
    backEnd: BackEnd = embedded,
  ): Promise<CrashWorld> {
    const provider = await FaasProvider.start(owner);
    const world = new CrashWorld(owner, provider, { ...backEnd.variables, ...variables });
    provider.override = ({ url, headers }, response) => {
      const id = String(headers['x-call-id']);
      if (url === '/callback') {
        world.callbacks.set(id, (world.callbacks.get(id) ?? 0) + 1);
        world.onCallback(response, id);
        return true;
      }
      if (!url.startsWith('/function/')) return false;
      world.runs.set(id, (world.runs.get(id) ?? 0) + 1);
      world.onRun(response, id);
      return true;
    };
    await world.start();
    const body = { service: 'fn', image: 'x', annotations: ANNOTATIONS };
    await world.gateway.api('POST', '/system/functions', { body });
    return world;
  }

  get gateway(): OfGateway {
    if (!this.#gateway) throw new Error('the gateway was not started');
    return this.#gateway;
  }

  async start(): Promise<void> {
    const variables = {
      functions_provider_url: this.#provider.url,
      async_max_inflight: '2000',
      ...this.#variables,
    };
    this.#gateway = await startGateway(this.#owner, variables, { folder: this.#folder });
  }

  async kill(): Promise<void> {
    this.gateway.kill('SIGKILL');
    await this.gateway.exited;
  }

  /** Submits calls, a hundred at a time. @returns the ids of those that were taken */
  async submit(ids: readonly string[], withCallback = false): Promise<string[]> {
    const taken: string[] = [];
    for (let first = 0; first < ids.length; first += 100) {
      const some = ids.slice(first, first + 100);
      const statuses = await Promise.all(some.map((id) => this.#submit(id, withCallback)));
      taken.push(...some.filter((_id, at) => statuses[at] === 202));
    }
    return taken;
  }

  async #submit(id: string, withCallback: boolean): Promise<number> {
    const headers = {
      'x-call-id': id,
      ...(withCallback && { 'x-callback-url': `${this.#provider.url}/callback` }),
    };
    const path = '/async-function/fn';
    return (await this.gateway.request({ method: 'POST', path, headers, body: id })).status;
  }

  /** The ids of the calls that are in a state. */
  async calls(state: string): Promise<string[]> {
    const { text } = await this.gateway.api('GET', `/system/async?state=${state}&limit=10000`);
    return (JSON.parse(text) as { callId: string }[]).map(({ callId }) => callId).sort();
  }

  async untilAll(state: string, count: number): Promise<void> {
    const patience = 10_000 + 60 * count;
    const what = `${count} calls to be ${state}`;
    // a list of many calls takes the gateway's time from the calls
    const probe = async (): Promise<boolean> => {
      await sleep(count / 4);
      return (await this.calls(state)).length === count;
    };
    await until(probe, what, patience);
  }
}

/** @returns `PREFIX-0` and so on, in the order of a sorted list */
export function idsOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(4, '0')}`);
}
