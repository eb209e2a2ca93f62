import { GatewayError } from '../errors.ts';
import type { CallRecord } from './async-call.ts';
import type { CallFilter } from './call-queue.ts';

export interface HistoryLimits {
  /** How long a call that has ended stays known, in milliseconds. */
  readonly keepFor: number;
  /** How many ended calls stay known; as many dead ones in addition, so that successful calls do not push them out. */
  readonly keepMost: number;
  /** How many bytes of content are kept for dead calls, which can be replayed. */
  readonly keepBytes: number;
}

/** All calls that the gateway knows: those that wait or run, and for a time those that have ended. */
export class CallHistory {
  readonly #limits: HistoryLimits;
  /** By id, in the order in which they became known. */
  readonly #records = new Map<string, CallRecord>();
  /** The newest call of each X-Call-Id. */
  readonly #newest = new Map<string, string>();

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  set(record: CallRecord): void {
    this.#records.set(record.id, record);
    const newest = this.#newest.get(record.callId);
    // an older call with the same X-Call-Id may still change after a newer one has come
    if (newest === undefined || Number(newest) < Number(record.id))
      this.#newest.set(record.callId, record.id);
  }

  get(id: string): CallRecord | undefined {
    return this.#records.get(id);
  }

  /**
   * Finds the newest call of an id, and requires that it is dead.
   * @param rule the reason for this, for the error
   * @throws GatewayError CALL_UNKNOWN, CALL_NOT_DEAD
   */
  dead(callId: string, rule: string): CallRecord {
    const record = this.find(callId);
    if (!record) throw unknownCall(callId);
    if (record.state === 'dead') return record;
    throw new GatewayError('CALL_NOT_DEAD', `the call ${callId} is ${record.state}: ${rule}`);
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

  /**
   * Drops the ended calls that are too old or too many, the oldest first.
   * @param now milliseconds since 1970
   * @returns their ids
   */
  expire(now: number): string[] {
    const { keepFor, keepMost, keepBytes } = this.#limits;
    const ended = [...this.#records.values()].filter(({ finishedAt }) => finishedAt !== undefined);
    const dead = ended.filter(({ state }) => state === 'dead');
    let over = ended.length - dead.length - keepMost;
    let overDead = dead.length - keepMost;
    let overBytes = dead.reduce((sum, { bytes }) => sum + bytes, 0) - keepBytes;
    const expired: string[] = [];
    for (const { id, state, finishedAt = now, bytes } of ended) {
      const isDead = state === 'dead';
      const isOver = isDead ? overDead > 0 || overBytes > 0 : over > 0;
      if (!isOver && now - finishedAt < keepFor) continue;
      if (isDead) {
        overDead -= 1;
        overBytes -= bytes;
      } else over -= 1;
      expired.push(id);
    }
    for (const id of expired) this.#drop(id);
    return expired;
  }

  /** Drops a call, if it has ended. */
  expireOne(id: string): void {
    if (this.#records.get(id)?.finishedAt !== undefined) this.#drop(id);
  }

  /** @returns the calls that wait or run */
  unfinished(): CallRecord[] {
    return [...this.#records.values()].filter(({ finishedAt }) => finishedAt === undefined);
  }

  #drop(id: string): void {
    const record = this.#records.get(id);
    this.#records.delete(id);
    if (record && this.#newest.get(record.callId) === id) this.#newest.delete(record.callId);
  }
}

/** Makes the error for an id that no known call has. */
export function unknownCall(callId: string): GatewayError {
  return new GatewayError('CALL_UNKNOWN', `there is no queued call ${callId}, or it is no longer kept`);
}
