import type { CallRecord } from './async-call.ts';
import type { CallFilter } from './call-queue.ts';

export interface HistoryLimits {
  /** How long a call that has ended is told of, in milliseconds. */
  readonly keepFor: number;
  /** How many of them at the most. */
  readonly keepMost: number;
}

/** All calls that are known, by their ids: those that wait or run, and for a time those that have ended. */
export class CallHistory {
  readonly #limits: HistoryLimits;
  /** In the order of their ids. */
  readonly #records = new Map<string, CallRecord>();
  /** The newest call of each X-Call-Id. */
  readonly #newest = new Map<string, string>();
  #ended = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  set(record: CallRecord): void {
    const before = this.#records.get(record.id);
    this.#records.set(record.id, record);
    this.#newest.set(record.callId, record.id);
    if (record.finishedAt !== undefined && before?.finishedAt === undefined) this.#ended += 1;
    if (record.finishedAt === undefined && before?.finishedAt !== undefined) this.#ended -= 1;
  }

  get(id: string): CallRecord | undefined {
    return this.#records.get(id);
  }

  find(callId: string): CallRecord | undefined {
    const id = this.#newest.get(callId);
    return id === undefined ? undefined : this.#records.get(id);
  }

  list({ name, state, most }: CallFilter): CallRecord[] {
    const wanted = [...this.#records.values()].filter(
      (record) =>
        (state === undefined || record.state === state) &&
        (name === undefined || (record.name.name === name.name && record.name.namespace === name.namespace)),
    );
    return wanted.slice(-most).reverse();
  }

  /** Drops those that have been told of for long enough. @returns their ids */
  expire(now: number): string[] {
    const expired: string[] = [];
    let over = this.#ended - this.#limits.keepMost;
    for (const record of this.#records.values()) {
      if (record.finishedAt === undefined) continue;
      if (over <= 0 && now - record.finishedAt < this.#limits.keepFor) continue;
      over -= 1;
      expired.push(record.id);
    }
    for (const id of expired) this.#drop(id);
    return expired;
  }

  /** Drops one that has ended. */
  expireOne(id: string): void {
    if (this.#records.get(id)?.finishedAt !== undefined) this.#drop(id);
  }

  /** Those that wait or run. */
  unfinished(): CallRecord[] {
    return [...this.#records.values()].filter(({ finishedAt }) => finishedAt === undefined);
  }

  #drop(id: string): void {
    const record = this.#records.get(id);
    this.#records.delete(id);
    this.#ended -= 1;
    if (record && this.#newest.get(record.callId) === id) this.#newest.delete(record.callId);
  }
}
