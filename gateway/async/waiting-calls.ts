import { qualifiedName } from '../functions/function-name.ts';
import type { CallRecord } from './async-call.ts';

/** Calls of one function in one queue. */
interface Line {
  readonly key: string;
  readonly queue: string;
  /** Calls that may run, the first that became due at the front. Removed calls may still be in it, and are skipped. */
  due: CallRecord[];
  /** Calls that are not due yet, the first that becomes due at the front. */
  later: CallRecord[];
  /** How many calls in the two lists were removed. */
  gone: number;
  running: number;
}

/** How many calls of a queue may run at a time. */
export type MaxInflight = (queue: string) => number;

/**
 * Decides which call is made next. Functions take turns, and each has an equal share of the calls that a queue may run
 * at a time. A function without a running call may always start one, so that a slow function holds up no other.
 */
export class WaitingCalls {
  readonly #maxInflight: MaxInflight;
  readonly #lines = new Map<string, Line>();
  /** Ids of the calls that wait, with the time when they are due. A call that is in a line but not here was removed. */
  readonly #waiting = new Map<string, number>();
  readonly #running = new Map<string, number>();

  constructor(maxInflight: MaxInflight) {
    this.#maxInflight = maxInflight;
  }

  /** How many calls of all functions wait. */
  get size(): number {
    return this.#waiting.size;
  }

  add(record: CallRecord, now: number): void {
    const line = this.#lineOf(record);
    this.#waiting.set(record.id, record.dueAt);
    if (record.dueAt <= now) line.due.push(record);
    else insertByDue(line.later, record);
  }

  /** Removes a call, which is not made any more. */
  remove(record: CallRecord): void {
    if (!this.#waiting.delete(record.id)) return;
    const line = this.#lineOf(record);
    line.gone += 1;
    // frees the memory of removed calls before they are due, which may be in a day
    if (line.gone > (line.due.length + line.later.length) / 2) this.#sweep(line);
  }

  /** Takes the next call that may run now. It counts as running until `ended`. */
  take(now: number): CallRecord | undefined {
    for (const line of this.#lines.values()) this.#advance(line, now);
    const busy = this.#busyLines();
    for (const line of this.#lines.values()) {
      if (!this.#mayRun(line, busy.get(line.queue) ?? 1)) continue;
      const record = this.#shift(line);
      if (!record) continue;
      // puts the function behind all others
      this.#lines.delete(line.key);
      this.#lines.set(line.key, line);
      this.#waiting.delete(record.id);
      line.running += 1;
      this.#running.set(line.queue, this.#inFlight(line.queue) + 1);
      return record;
    }
    return undefined;
  }

  /** Tells that a call that was taken no longer runs. */
  ended(record: CallRecord): void {
    const line = this.#lineOf(record);
    line.running -= 1;
    this.#running.set(line.queue, this.#inFlight(line.queue) - 1);
    this.#dropIfEmpty(line);
  }

  /** @returns when the next call becomes due, in milliseconds since 1970; undefined where none waits for its time */
  nextDue(): number | undefined {
    const times = [...this.#lines.values()].flatMap(({ later }) => later[0]?.dueAt ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #lineOf(record: CallRecord): Line {
    const key = `${record.queue}/${qualifiedName(record.name)}`;
    let line = this.#lines.get(key);
    if (!line) {
      line = { key, queue: record.queue, due: [], later: [], gone: 0, running: 0 };
      this.#lines.set(key, line);
    }
    return line;
  }

  /** @returns for each queue the number of functions that share it: those with a call that is due or runs */
  #busyLines(): Map<string, number> {
    const busy = new Map<string, number>();
    for (const { queue, due, running } of this.#lines.values())
      if (due.length > 0 || running > 0) busy.set(queue, (busy.get(queue) ?? 0) + 1);
    return busy;
  }

  #mayRun({ queue, running }: Line, functions: number): boolean {
    if (running === 0) return true;
    const most = this.#maxInflight(queue);
    return this.#inFlight(queue) < most && running < Math.max(1, Math.ceil(most / functions));
  }

  /** Moves the calls that have become due to `due`. */
  #advance(line: Line, now: number): void {
    let due = 0;
    while ((line.later[due]?.dueAt ?? Number.POSITIVE_INFINITY) <= now) due += 1;
    for (const record of due > 0 ? line.later.splice(0, due) : []) line.due.push(record);
    if (line.due.length === 0 && line.later.length === 0) this.#dropIfEmpty(line);
  }

  #shift(line: Line): CallRecord | undefined {
    for (let record = line.due.shift(); record; record = line.due.shift()) {
      if (this.#waits(record)) return record;
      line.gone -= 1;
    }
    return undefined;
  }

  #sweep(line: Line): void {
    line.due = line.due.filter((record) => this.#waits(record));
    line.later = line.later.filter((record) => this.#waits(record));
    line.gone = 0;
    this.#dropIfEmpty(line);
  }

  #waits({ id, dueAt }: CallRecord): boolean {
    return this.#waiting.get(id) === dueAt;
  }

  #dropIfEmpty(line: Line): void {
    if (line.running === 0 && line.due.length === 0 && line.later.length === 0) this.#lines.delete(line.key);
  }

  #inFlight(queue: string): number {
    return this.#running.get(queue) ?? 0;
  }
}

function insertByDue(later: CallRecord[], record: CallRecord): void {
  let low = 0;
  let high = later.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((later[middle]?.dueAt ?? 0) <= record.dueAt) low = middle + 1;
    else high = middle;
  }
  later.splice(low, 0, record);
}
