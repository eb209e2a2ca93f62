import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import { qualifiedName, type FunctionName } from '../../functions/function-name.ts';
import { leastReplicas } from '../../functions/replicas.ts';
import type { FunctionStatus } from '../../functions/function-status.ts';
import { unknownFunction } from '../../functions/unknown-function.ts';
import type { Endpoint, Endpoints, Place } from '../../routing/endpoints.ts';

/** How long a function counts as ready after its status said so, in milliseconds. */
const FRESH_MS = 250;

/**
 * The pause between two requests for the status of a function that starts, and how long it may take, in milliseconds.
 */
const POLL_MS = 100;
const LONGEST_START_MS = 100_000;

/** How many functions are remembered. The one whose status is the oldest is forgotten first. */
const MOST_FUNCTIONS = 10_000;

/** The facts that are remembered about one function. */
interface Known {
  readonly endpoint: Endpoint;
  readyUntil: number;
  inFlight: number;
}

export interface RemoteFunctions {
  /** @throws GatewayError FUNCTION_UNKNOWN */
  status(name: FunctionName): Promise<FunctionStatus>;
  scale(name: FunctionName, replicas: number): Promise<void>;
}

/** Sends calls to a provider, which has an address for each function and distributes the calls among its instances. */
export class RemoteEndpoints implements Endpoints {
  readonly #functions: RemoteFunctions;
  readonly #address: { readonly host: string; readonly port: number; readonly basePath: string };
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  /** Look-ups under way. Calls of the same function share one. */
  readonly #lookups = new Map<string, Promise<void>>();

  /** @param now a monotonic clock, in milliseconds */
  constructor(
    functions: RemoteFunctions,
    address: { readonly host: string; readonly port: number; readonly basePath: string },
    now: () => number,
  ) {
    this.#functions = functions;
    this.#address = address;
    this.#now = now;
  }

  take(name: FunctionName): Place | undefined {
    const known = this.#known.get(qualifiedName(name));
    return known && known.readyUntil > this.#now() ? place(known) : undefined;
  }

  async wait(name: FunctionName, signal: AbortSignal): Promise<Place> {
    const key = qualifiedName(name);
    signal.throwIfAborted();
    let lookup = this.#lookups.get(key);
    if (!lookup) {
      lookup = this.#ready(name).finally(() => this.#lookups.delete(key));
      this.#lookups.set(key, lookup);
    }
    await unlessAborted(lookup, signal);
    const known = this.#known.get(key);
    if (!known) throw unknownFunction(name);
    return place(known);
  }

  load(name: FunctionName): number {
    return this.#known.get(qualifiedName(name))?.inFlight ?? 0;
  }

  /** Resolves when the function is ready. Starts it if it is at zero. */
  async #ready(name: FunctionName): Promise<void> {
    const deadline = this.#now() + LONGEST_START_MS;
    let isStarted = false;
    for (;;) {
      const { replicas, availableReplicas, deployment } = await this.#statusOf(name);
      if (availableReplicas > 0) return this.#remember(name);
      if (this.#now() > deadline) break;
      if (replicas === 0 && !isStarted) {
        isStarted = true;
        await this.#functions.scale(name, leastReplicas(deployment.labels));
      }
      await sleep(POLL_MS);
    }
    const text = `${qualifiedName(name)} has no replica that is ready after ${LONGEST_START_MS / 1000} s`;
    throw new GatewayError('FUNCTION_UNAVAILABLE', text);
  }

  async #statusOf(name: FunctionName): Promise<FunctionStatus> {
    try {
      return await this.#functions.status(name);
    } catch (thrown) {
      this.#known.delete(qualifiedName(name));
      if (thrown instanceof GatewayError && thrown.code === 'NAMESPACE_UNKNOWN') throw unknownFunction(name);
      throw thrown;
    }
  }

  #remember(name: FunctionName): void {
    const key = qualifiedName(name);
    const { host, port, basePath } = this.#address;
    const endpoint = { instance: key, host, port, basePath: `${basePath}/function/${key}` };
    const known = this.#known.get(key) ?? { endpoint, readyUntil: 0, inFlight: 0 };
    known.readyUntil = this.#now() + FRESH_MS;
    this.#known.delete(key);
    this.#known.set(key, known); // moves it behind all others
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_FUNCTIONS && oldest !== undefined) this.#known.delete(oldest);
  }
}

function place(known: Known): Place {
  known.inFlight += 1;
  let isTaken = true;
  return {
    endpoint: known.endpoint,
    release: () => {
      if (isTaken) known.inFlight -= 1;
      isTaken = false;
    },
    doubt: () => {
      known.readyUntil = 0; // its provider is asked before the next call
    },
  };
}

/** Waits for shared work. @throws the signal's reason if it aborts first; the work goes on for the others */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
