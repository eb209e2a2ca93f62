import type { FunctionName } from '../functions/function-name.ts';
import type { AsyncState, CallRecord, NewCall } from './async-call.ts';

/** Which calls of a list are wanted. */
export interface CallFilter {
  readonly name?: FunctionName;
  readonly state?: AsyncState;
  readonly most: number;
}

/** Calls of a function that wait, and that run. */
export interface QueueLoad {
  readonly queue: string;
  readonly name: FunctionName;
  readonly waiting: number;
  readonly running: number;
}

/** Calls that functions get later, durable until they have. */
export interface CallQueue {
  /** Takes up what was submitted before. @param address `HOST:PORT` where functions are called */
  start(address: string): Promise<void>;
  /** Starts no call any more, and lets those that run end for so many milliseconds. Calls are still taken. */
  drain(deadlineMs: number): Promise<void>;
  /** Gives those up that still run, which are made again after the next start, and closes. */
  stop(): Promise<void>;
  /**
   * Takes a call. It is durable when this resolves.
   * @throws GatewayError QUEUE_FULL, STORAGE_FAILED
   */
  submit(call: NewCall): Promise<void>;
  /** Ends a call that waits or runs; no callback is made. @returns whether there was one */
  cancel(callId: string): Promise<boolean>;
  /** The newest call of an id. */
  find(callId: string): CallRecord | undefined;
  /** The newest first. */
  list(filter: CallFilter): readonly CallRecord[];
  /**
   * What a dead call had for a body.
   * @throws GatewayError CALL_UNKNOWN, CALL_NOT_DEAD, STORAGE_FAILED
   */
  bodyOf(callId: string): Promise<Buffer>;
  /**
   * Queues a dead call again, with another body if one is given.
   * @throws GatewayError CALL_UNKNOWN, CALL_NOT_DEAD
   */
  replay(callId: string, body?: Buffer): Promise<void>;
  load(): readonly QueueLoad[];
  /** Calls of one function that wait or run. */
  pending(name: FunctionName): number;
  /** Since the start, by queue. */
  readonly totals: ReadonlyMap<string, { readonly submitted: number; readonly processed: number }>;
  /** How often the way to a queue elsewhere was lost and found again; undefined for one that is here. */
  readonly reconnects: number | undefined;
}
