import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { CallRecord } from './async-call.ts';

export interface RoomLimits {
  /** How many calls may wait or run. */
  readonly mostCalls: number;
  /** How many bytes of content these calls may have. */
  readonly mostBytes: number;
}

/** Counts the calls that wait or run, and refuses new ones when there is no room. */
export class QueueRoom {
  readonly #limits: RoomLimits;
  readonly #byFunction = new Map<string, number>();
  #calls = 0;
  #bytes = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Reserves room for a call before it is written to the disk. @throws GatewayError QUEUE_FULL */
  reserve(bytes: number): void {
    const { mostCalls, mostBytes } = this.#limits;
    if (this.#calls >= mostCalls) throw full(`async_max_calls of ${mostCalls}`);
    if (this.#bytes + bytes > mostBytes) throw full(`async_max_bytes of ${mostBytes}`);
    this.#calls += 1;
    this.#bytes += bytes;
  }

  /** Gives back the room that `reserve` took. */
  release(bytes: number): void {
    this.#calls -= 1;
    this.#bytes -= bytes;
  }

  /** Counts a call that is on the disk, whether there is room or not. */
  enter({ name, bytes }: CallRecord): void {
    this.#calls += 1;
    this.#bytes += bytes;
    const key = qualifiedName(name);
    this.#byFunction.set(key, (this.#byFunction.get(key) ?? 0) + 1);
  }

  /** Stops counting a call that has ended. */
  leave({ name, bytes }: CallRecord): void {
    this.release(bytes);
    const key = qualifiedName(name);
    const left = (this.#byFunction.get(key) ?? 0) - 1;
    if (left > 0) this.#byFunction.set(key, left);
    else this.#byFunction.delete(key);
  }

  /** @returns how many calls of one function wait or run */
  callsOf(name: FunctionName): number {
    return this.#byFunction.get(qualifiedName(name)) ?? 0;
  }
}

function full(limit: string): GatewayError {
  return new GatewayError('QUEUE_FULL', `the queue has reached ${limit}: try again later`);
}
