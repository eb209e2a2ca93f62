import type { CallAnswer, CallContent, CallRecord } from './async-call.ts';

/** What a store asks of the queue over it, and tells it. */
export interface StoreUser {
  /** What is known of a call. */
  find(id: string): CallRecord | undefined;
  /** Calls that wait or run. */
  unfinished(): readonly CallRecord[];
  /** A call was found that nothing was known of. @param replaced the id of the dead one that it takes the place of */
  adopt(record: CallRecord, replaced?: string): void;
  /** A call that is to be made is not in the store any more. */
  lose(id: string): void;
}

/** Where queued calls are durable. All that writes throws GatewayError STORAGE_FAILED, or QUEUE_UNREACHABLE. */
export interface CallStore {
  /** All records that are known here, in the order of their ids. */
  readRecords(): Promise<CallRecord[]>;
  /** From here on the user is told what is found, and calls are leased. */
  start(user: StoreUser): void;
  /**
   * Takes a call of the same function and queue as this one, for a run: this one, where it can be had.
   * @returns its id; undefined where there is none to be had at the moment
   */
  lease(record: CallRecord): Promise<string | undefined>;
  readContent(id: string): Promise<CallContent | undefined>;
  readAnswer(id: string): Promise<CallAnswer | undefined>;
  /** Takes a new call: it is durable when this resolves. */
  add(record: CallRecord, content: CallContent): Promise<void>;
  /** Takes a new call in the place of an old one that has ended: one of the two is there at any moment. */
  replace(oldId: string, record: CallRecord, content: CallContent): Promise<void>;
  /** Writes when a call is tried again, and ends its lease. */
  putOff(record: CallRecord): Promise<void>;
  /** Writes what the function answered. */
  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void>;
  /** Writes what has become of a call, which needs its answer no more, and its content only where that is said. */
  finish(record: CallRecord, keepsContent: boolean): Promise<void>;
  /** Forgets calls that have ended. */
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
  /** How often the way to a store elsewhere was lost and found again; undefined for one that is here. */
  readonly reconnects?: number;
}
