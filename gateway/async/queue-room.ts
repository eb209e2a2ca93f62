import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { CallRecord } from './async-call.ts';

export interface RoomLimits {
  /** Calls, and bytes of their content, that may wait or run. */
  readonly mostCalls: number;
  readonly mostBytes: number;
}

/** Counts the calls that wait or run, and says whether there is room for another. */
export class QueueRoom {
  readonly #limits: RoomLimits;
  readonly #byFunction = new Map<string, number>();
  #calls = 0;
  #bytes = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Takes the room of a call that is not on the disk yet. @throws GatewayError QUEUE_FULL */
  reserve(bytes: number): void {
    const { mostCalls, mostBytes } = this.#limits;
    if (this.#calls >= mostCalls) throw full(`async_max_calls of ${mostCalls}`);
    if (this.#bytes + bytes > mostBytes) throw full(`async_max_bytes of ${mostBytes}`);
    this.#calls += 1;
    this.#bytes += bytes;
  }

  /** Gives the room back that `reserve` took. */
  release(bytes: number): void {
    this.#calls -= 1;
    this.#bytes -= bytes;
  }

  /** Counts a call that was taken, whether there is room or not. */
  enter({ name, bytes }: CallRecord): void {
    this.#calls += 1;
    this.#bytes += bytes;
    const key = qualifiedName(name);
    this.#byFunction.set(key, (this.#byFunction.get(key) ?? 0) + 1);
  }

  /** A call that was counted has ended. */
  leave({ name, bytes }: CallRecord): void {
    this.release(bytes);
    const key = qualifiedName(name);
    const left = (this.#byFunction.get(key) ?? 0) - 1;
    if (left > 0) this.#byFunction.set(key, left);
    else this.#byFunction.delete(key);
  }

  /** Calls of one function that wait or run. */
  callsOf(name: FunctionName): number {
    return this.#byFunction.get(qualifiedName(name)) ?? 0;
  }
}

function full(limit: string): GatewayError {
  return new GatewayError('QUEUE_FULL', `the queue has reached ${limit}: try again later`);
}
