import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import { unknownFunction } from '../functions/unknown-function.ts';
import type { Endpoint, Endpoints, Place } from './endpoints.ts';

/** An endpoint, and the number of calls in flight at it. */
interface Member {
  readonly endpoint: Endpoint;
  inFlight: number;
  /** Until when it is the last choice, as it took no connection: milliseconds of a steady clock. */
  doubtedUntil: number;
  /** The earliest time of the next look at its state, by the same clock. */
  lookAgainAt: number;
  /** Resolves the promise of `withdraw` once nothing is in flight any more. */
  onIdle: (() => void) | undefined;
}

interface Waiter {
  readonly serve: (place: Place) => void;
  readonly fail: (error: Error) => void;
}

/** The instances of one function that take calls, and the calls that wait for one. */
interface Entry {
  readonly name: FunctionName;
  readonly members: Member[];
  readonly waiters: Set<Waiter>;
  /** How many calls are in flight at instances that were withdrawn. */
  draining: number;
  wake: () => void;
}

/** How many calls may wait for one function. More are refused at once, so that memory stays bounded. */
const MOST_WAITING = 10_000;

/** How long an instance that took no connection is the last choice, in milliseconds. */
const DOUBT_MS = 1000;

/** The least time between two looks at the state of such an instance, in milliseconds. */
const LOOK_MS = 250;

/**
 * Chooses instances for calls, for providers that know each instance. Choosing an instance and withdrawing one are both
 * synchronous, so no call can go to a withdrawn instance.
 */
export class Rotation implements Endpoints {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  /** @param now a steady clock in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Makes a function known. Calls that find no instance wait from now on.
   * @param wake is called for each call that begins to wait
   */
  open(name: FunctionName, wake: () => void): void {
    const key = qualifiedName(name);
    const entry = this.#entries.get(key);
    if (entry) entry.wake = wake;
    else this.#entries.set(key, { name, members: [], waiters: new Set(), draining: 0, wake });
  }

  /**
   * Forgets a function: calls that wait for it fail with FUNCTION_UNKNOWN. Resolves when no call is in flight at its
   * instances, however long that takes.
   */
  async shut(name: FunctionName): Promise<void> {
    const entry = this.#entries.get(qualifiedName(name));
    if (!entry) return;
    const drained = [...entry.members].map(({ endpoint }) => this.withdraw(name, endpoint.instance));
    this.#entries.delete(qualifiedName(name));
    for (const waiter of entry.waiters) waiter.fail(unknownFunction(name));
    entry.waiters.clear();
    await Promise.all(drained);
  }

  /** Adds a ready instance. Waiting calls go to it at once. */
  add(name: FunctionName, endpoint: Endpoint): void {
    const entry = this.#entries.get(qualifiedName(name));
    if (!entry || entry.members.some((member) => member.endpoint.instance === endpoint.instance)) return;
    entry.members.push({ endpoint, inFlight: 0, doubtedUntil: 0, lookAgainAt: 0, onIdle: undefined });
    for (const waiter of entry.waiters) {
      const place = this.#placeAt(entry);
      if (!place) break;
      entry.waiters.delete(waiter);
      waiter.serve(place);
    }
  }

  /** Takes an instance out of the rotation. Resolves when no call is in flight at it, however long that takes. */
  withdraw(name: FunctionName, instance: string): Promise<void> {
    const entry = this.#entries.get(qualifiedName(name));
    const at = entry?.members.findIndex((member) => member.endpoint.instance === instance) ?? -1;
    const [member] = entry && at !== -1 ? entry.members.splice(at, 1) : [];
    if (!entry || !member || member.inFlight === 0) return Promise.resolve();
    entry.draining += member.inFlight;
    return new Promise((resolve) => {
      member.onIdle = resolve;
    });
  }

  take(name: FunctionName): Place | undefined {
    const entry = this.#entries.get(qualifiedName(name));
    return entry && this.#placeAt(entry);
  }

  async wait(name: FunctionName, signal: AbortSignal): Promise<Place> {
    const entry = this.#entries.get(qualifiedName(name));
    if (!entry) throw unknownFunction(name);
    signal.throwIfAborted();
    const place = this.#placeAt(entry);
    if (place) return place;
    if (entry.waiters.size >= MOST_WAITING) {
      throw new GatewayError(
        'FUNCTION_UNAVAILABLE',
        `${qualifiedName(name)} has no instance that is ready, and ${MOST_WAITING} calls wait for one already: try again later`,
      );
    }
    return new Promise<Place>((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        serve: (given) => {
          end();
          resolve(given);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const onAbort = (): void => {
        entry.waiters.delete(waiter);
        waiter.fail(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      entry.waiters.add(waiter);
      entry.wake();
    });
  }

  load(name: FunctionName): number {
    const entry = this.#entries.get(qualifiedName(name));
    if (!entry) return 0;
    return entry.members.reduce((sum, member) => sum + member.inFlight, entry.draining + entry.waiters.size);
  }

  /** Whether calls wait for an instance. */
  isAwaited(name: FunctionName): boolean {
    return (this.#entries.get(qualifiedName(name))?.waiters.size ?? 0) > 0;
  }

  /** @returns how many calls are in flight at one instance; 0 where it is not in the rotation */
  inFlight(name: FunctionName, instance: string): number {
    const entry = this.#entries.get(qualifiedName(name));
    return entry?.members.find((member) => member.endpoint.instance === instance)?.inFlight ?? 0;
  }

  #placeAt(entry: Entry): Place | undefined {
    const member = leastBusy(entry.members, this.#now);
    if (!member) return undefined;
    member.inFlight += 1;
    let isTaken = true;
    return {
      endpoint: member.endpoint,
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        member.inFlight -= 1;
        if (!member.onIdle) return;
        entry.draining -= 1;
        if (member.inFlight === 0) member.onIdle();
      },
      doubt: () => this.#doubt(member),
    };
  }

  /** Looks at the state of an instance that took no connection. Many calls at the same time cause one look. */
  #doubt(member: Member): void {
    const now = this.#now();
    member.doubtedUntil = now + DOUBT_MS;
    if (now < member.lookAgainAt) return;
    member.lookAgainAt = now + LOOK_MS;
    member.endpoint.look?.();
  }
}

/**
 * Finds the instance with the fewest calls in flight, and moves it to the end of the list, so that equally busy
 * instances take turns. Doubted instances come last.
 */
function leastBusy(members: Member[], now: () => number): Member | undefined {
  let least: Member | undefined;
  let isLeastDoubted = false;
  let position = 0;
  for (const [at, member] of members.entries()) {
    const isDoubted = member.doubtedUntil > 0 && member.doubtedUntil > now();
    const isBetter =
      isDoubted === isLeastDoubted
        ? member.inFlight < (least?.inFlight ?? Number.POSITIVE_INFINITY)
        : isLeastDoubted;
    if (least && !isBetter) continue;
    least = member;
    isLeastDoubted = isDoubted;
    position = at;
  }
  if (least && members.length > 1) members.push(...members.splice(position, 1));
  return least;
}
