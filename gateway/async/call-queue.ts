import type { FunctionName } from '../functions/function-name.ts';
import type { AsyncState, CallRecord, NewCall } from './async-call.ts';

/** Selects calls for a list. */
export interface CallFilter {
  readonly name?: FunctionName;
  readonly state?: AsyncState;
  /** How many calls the list may have. */
  readonly most: number;
}

/** How many calls of one function in one queue wait, and how many run. */
export interface QueueLoad {
  readonly queue: string;
  readonly name: FunctionName;
  readonly waiting: number;
  readonly running: number;
}

/** The queued calls of all functions. They are durable until they have been made. */
export interface CallQueue {
  /**
   * Begins to make calls, those that were submitted before this start included.
   * @param address `HOST:PORT` where functions are called
   */
  start(address: string): Promise<void>;
  /**
   * Starts no more calls, and waits until those that run have ended, at most `deadlineMs`. New calls are still
   * accepted.
   */
  drain(deadlineMs: number): Promise<void>;
  /** Aborts the calls that still run and closes the store. The next start makes those calls again. */
  stop(): Promise<void>;
  /**
   * Accepts a call. It is durable when this resolves.
   * @throws GatewayError QUEUE_FULL, STORAGE_FAILED; with NATS also QUEUE_UNREACHABLE, BODY_TOO_LARGE
   */
  submit(call: NewCall): Promise<void>;
  /** Ends a call that waits or runs, without a callback. @returns whether there was such a call */
  cancel(callId: string): Promise<boolean>;
  /** @returns the newest call with this X-Call-Id */
  find(callId: string): CallRecord | undefined;
  /** @returns the calls that the filter selects, the newest first */
  list(filter: CallFilter): readonly CallRecord[];
  /**
   * @returns the body of a dead call
   * @throws GatewayError CALL_UNKNOWN, CALL_NOT_DEAD, STORAGE_FAILED
   */
  bodyOf(callId: string): Promise<Buffer>;
  /**
   * Queues a dead call again, with another body if one is given.
   * @throws GatewayError CALL_UNKNOWN, CALL_NOT_DEAD, and those of `submit`
   */
  replay(callId: string, body?: Buffer): Promise<void>;
  load(): readonly QueueLoad[];
  /** @returns how many calls of one function wait or run */
  pending(name: FunctionName): number;
  /** How many calls were submitted and ended since the start, by queue. */
  readonly totals: ReadonlyMap<string, { readonly submitted: number; readonly processed: number }>;
  /**
   * How often the connection to a queue on another server was made again; undefined where the queue is a local folder.
   */
  readonly reconnects: number | undefined;
}
