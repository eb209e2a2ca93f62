import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '../functions/function-name.ts';
import type { Endpoint, Endpoints, Place } from '../routing/endpoints.ts';

/** How many places a call tries, where none takes its connection. */
const MOST_TRIES = 10;

/** The pauses before an instance is tried again, in milliseconds: one that has just ended is known to be gone then. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 500;

/** The search of one call for an instance that takes its connection. */
export class PlaceSearch {
  readonly #endpoints: Endpoints;
  readonly #name: FunctionName;
  readonly #failed = new Set<Endpoint>();
  #tries = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(endpoints: Endpoints, name: FunctionName) {
    this.#endpoints = endpoints;
    this.#name = name;
  }

  /**
   * Gives a place back that took no connection, and finds the next: at once where an instance is ready that the call has
   * not tried, else it waits for one.
   * @param signal ends the search
   * @returns undefined where enough were tried
   * @throws GatewayError of the wait, or the signal's reason
   */
  async after(place: Place, signal: AbortSignal): Promise<Place | undefined> {
    const { endpoint } = place;
    place.doubt();
    place.release();
    this.#failed.add(endpoint);
    this.#tries += 1;
    if (this.#tries >= MOST_TRIES) return undefined;
    const other = this.#endpoints.take(this.#name);
    if (other && !this.#failed.has(other.endpoint)) return other;
    other?.release();
    await this.#pause(endpoint, signal);
    signal.throwIfAborted();
    return this.#endpoints.wait(this.#name, signal);
  }

  /** Waits before an instance is tried again, as it may take a connection then; not if it has ended. */
  async #pause({ gone }: Endpoint, signal: AbortSignal): Promise<void> {
    const ms = this.#pauseMs;
    this.#pauseMs = Math.min(ms * 2, LONGEST_PAUSE_MS);
    await sleep(ms, undefined, { signal: gone ? AbortSignal.any([signal, gone]) : signal }).catch(
      () => undefined,
    );
  }
}
