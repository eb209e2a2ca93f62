import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';

/** The queue as its store sees it. */
export interface StoreUser {
  find(id: string): CallRecord | undefined;
  /** @returns the calls that wait or run */
  unfinished(): readonly CallRecord[];
  /** Tells that the store has found an unknown call. @param replaced the id of the dead call that it replays */
  adopt(record: CallRecord, replaced?: string): void;
  /** Tells that a call that has not ended is no longer in the store. */
  lose(id: string): void;
}

/**
 * Keeps queued calls durably. Methods that write throw GatewayError STORAGE_FAILED. With NATS, `add` and `replace` also
 * throw QUEUE_UNREACHABLE, QUEUE_FULL, BODY_TOO_LARGE.
 */
export interface CallStore {
  /** @returns all records on the local disk, in the order of their ids */
  readRecords(): Promise<CallRecord[]>;
  /** Begins to tell the user of calls that are found or lost. Calls can be leased from here on. */
  start(user: StoreUser): void;
  /**
   * Leases a call for a run: this one if possible, else another of the same function and queue.
   * @returns the id of the leased call; undefined where none is available at the moment
   */
  lease(record: CallRecord): Promise<string | undefined>;
  readContent(id: string): Promise<CallContent | undefined>;
  readAnswer(id: string): Promise<CallAnswer | undefined>;
  /** Adds a new call. It is durable when this resolves. */
  add(record: CallRecord, content: CallContent): Promise<void>;
  /** Replaces a call that has ended by a new one. At any moment at least one of the two is durable. */
  replace(oldId: string, record: CallRecord, content: CallContent): Promise<void>;
  /** Writes the time of the next try, and ends the lease. */
  putOff(record: CallRecord): Promise<void>;
  /** Writes the answer of the function. */
  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void>;
  /** Writes the final state of a call, and deletes its answer, and its content unless `keepsContent`. */
  finish(record: CallRecord, keepsContent: boolean): Promise<void>;
  /** Deletes calls that have ended. */
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
  /**
   * How often the connection to a store on another server was made again; undefined where the store is a local folder.
   */
  readonly reconnects?: number;
}
