import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import type { FunctionName } from '../functions/function-name.ts';
import type { CallContent, CallRecord, NewCall } from './async-call.ts';
import type { CallFilter, CallQueue, QueueLoad } from './call-queue.ts';
import { CallHistory, type HistoryLimits } from './call-history.ts';
import { CallRun, type RunContext } from './call-run.ts';
import { Callbacks } from './callback.ts';
import type { CallStore } from './call-store.ts';
import { Delivery } from './delivery.ts';
import { newRecord } from './new-record.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { QueueRoom, type RoomLimits } from './queue-room.ts';
import { loadsOf, QueueTotals } from './queue-totals.ts';
import type { Backoff, RetryPolicy } from './retry-policy.ts';
import { WaitingCalls, type MaxInflight } from './waiting-calls.ts';

export interface QueueOptions extends RoomLimits {
  readonly maxInflight: MaxInflight;
  readonly history: HistoryLimits;
  readonly backoff: Backoff;
  readonly policyOf: (name: FunctionName) => Promise<RetryPolicy>;
  readonly warn: (line: string) => void;
}

/** How often old calls are dropped and failed writes are tried again, in milliseconds. */
const TIDY_EVERY_MS = 10_000;

/** How long a call waits after its store could not lease one, in milliseconds. */
const LEASE_AGAIN_MS = 1000;

/** A queue whose calls this gateway makes itself. Its store keeps the calls durably, and leases them. */
export class StoredQueue implements CallQueue {
  readonly #options: QueueOptions;
  readonly #store: CallStore;
  readonly #history: CallHistory;
  readonly #waiting: WaitingCalls;
  readonly #callbacks = new Callbacks();
  readonly #runs = new Map<string, CallRun>();
  /** The runs under way, each until its outcome is written. */
  readonly #work = new Set<Promise<void>>();
  readonly #totals = new QueueTotals();
  readonly #room: QueueRoom;
  readonly #outcomes: OutcomeWriter;
  /** Ids of calls that have ended, but are shown as ended only when the disk has it. */
  readonly #finishing = new Set<string>();
  /** Ids of dead calls that are being replayed. */
  readonly #replaying = new Set<string>();
  #delivery: Delivery | undefined;
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;
  #tidying: NodeJS.Timeout | undefined;
  #isStopped = false;

  private constructor(options: QueueOptions, store: CallStore) {
    this.#options = options;
    this.#store = store;
    this.#history = new CallHistory(options.history);
    this.#waiting = new WaitingCalls(options.maxInflight);
    this.#room = new QueueRoom(options);
    this.#outcomes = new OutcomeWriter(options.warn);
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(options: QueueOptions, store: CallStore): Promise<StoredQueue> {
    const queue = new StoredQueue(options, store);
    for (const record of await store.readRecords()) {
      queue.#lastId = Math.max(queue.#lastId, Number(record.id));
      // a call that ran when the gateway ended is made again, as every call is made at least once
      queue.#admit(record.state === 'running' ? { ...record, state: 'waiting' } : record);
    }
    return queue;
  }

  get totals(): CallQueue['totals'] {
    return this.#totals.byQueue;
  }

  get reconnects(): number | undefined {
    return this.#store.reconnects;
  }

  async start(address: string): Promise<void> {
    this.#delivery = new Delivery(address);
    this.#store.start({
      find: (id) => this.#history.get(id),
      unfinished: () => this.#history.unfinished(),
      adopt: (record, replaced) => this.#adopt(record, replaced),
      lose: (id) => void this.#lose(id),
    });
    this.#tidying = setInterval(() => void this.#tidy(), TIDY_EVERY_MS).unref();
    this.#next();
    return Promise.resolve();
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const run of this.#runs.values()) run.drain();
    await Promise.race([Promise.all(this.#work), sleep(deadlineMs, undefined, { ref: false })]);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#tidying);
    for (const run of this.#runs.values()) run.giveUp();
    await Promise.all(this.#work);
    await this.#outcomes.retry();
    await Promise.all([this.#delivery?.close(), this.#callbacks.close()]);
    await this.#store.close();
  }

  submit(call: NewCall): Promise<void> {
    return this.#take(call, (record) => this.#store.add(record, call.content));
  }

  async #take(call: NewCall, write: (record: CallRecord) => Promise<void>): Promise<void> {
    const now = Date.now();
    this.#lastId = Math.max(this.#lastId + 1, now * 1000);
    const record = newRecord(call, String(this.#lastId), now);
    this.#room.reserve(record.bytes); // before the wait for the disk, so that concurrent calls count
    try {
      await write(record);
    } finally {
      this.#room.release(record.bytes);
    }
    this.#totals.count(record.queue, 'submitted');
    if (!this.#history.get(record.id)) this.#admit(record); // unless the store has found and adopted it meanwhile
    this.#next();
  }

  async cancel(callId: string): Promise<boolean> {
    const record = this.#history.find(callId);
    if (!record || !this.#isUnfinished(record.id)) return false;
    this.#runs.get(record.id)?.giveUp();
    this.#waiting.remove(record);
    await this.#finish({ ...record, state: 'cancelled', callback: 'none' });
    return true;
  }

  find(callId: string): CallRecord | undefined {
    return this.#history.find(callId);
  }

  list(filter: CallFilter): readonly CallRecord[] {
    return this.#history.list(filter);
  }

  async bodyOf(callId: string): Promise<Buffer> {
    return (await this.#contentOf(this.#history.dead(callId, 'only dead calls keep their body'))).body;
  }

  async replay(callId: string, body?: Buffer): Promise<void> {
    const dead = this.#history.dead(callId, 'only dead calls can be replayed');
    if (this.#replaying.has(dead.id)) throw notDead(`the call ${callId} is being replayed already`);
    this.#replaying.add(dead.id);
    try {
      const content = await this.#contentOf(dead);
      const { name, calledAs, queue } = dead;
      const again = body === undefined ? content : { ...content, body };
      await this.#take({ callId, name, calledAs, queue, content: again }, (record) =>
        this.#store.replace(dead.id, record, again),
      );
      this.#history.expireOne(dead.id);
    } finally {
      this.#replaying.delete(dead.id);
    }
  }

  load(): readonly QueueLoad[] {
    const told = this.#history.unfinished().filter(({ id }) => !this.#finishing.has(id));
    return loadsOf(told, ({ id }) => this.#runs.has(id));
  }

  pending(name: FunctionName): number {
    return this.#room.callsOf(name);
  }

  async #contentOf({ id, callId }: CallRecord): Promise<CallContent> {
    const content = await this.#store.readContent(id);
    if (!content) throw notDead(`the body of the call ${callId} is lost: submit it again`);
    return content;
  }

  /** Makes a record known that is on the disk; the call waits for its turn unless it has ended. */
  #admit(record: CallRecord): void {
    this.#history.set(record);
    if (record.finishedAt !== undefined) return;
    this.#room.enter(record);
    this.#waiting.add(record, Date.now());
  }

  #adopt(record: CallRecord, replaced: string | undefined): void {
    if (this.#history.get(record.id)) return;
    if (replaced !== undefined) this.#history.expireOne(replaced);
    this.#lastId = Math.max(this.#lastId, Number(record.id));
    this.#admit(record);
    this.#next();
  }

  async #lose(id: string): Promise<void> {
    const record = this.#history.get(id);
    if (!record || !this.#isUnfinished(id) || this.#runs.has(id)) return;
    this.#options.warn(`The queued call ${record.callId} is no longer in its store: it cannot be made`);
    this.#waiting.remove(record);
    await this.#finish({ ...record, state: 'dead' });
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped || !this.#delivery) return;
    for (let record = this.#waiting.take(Date.now()); record; record = this.#waiting.take(Date.now()))
      void this.#begin(record, this.#delivery);
    const due = this.#waiting.nextDue();
    if (due !== undefined) this.#timer = setTimeout(() => this.#next(), Math.max(1, due - Date.now()));
  }

  /** Leases a call and starts its run: the one that was taken, or the one that the store leased instead. */
  async #begin(taken: CallRecord, delivery: Delivery): Promise<void> {
    const id = await this.#store.lease(taken);
    if (id !== taken.id) this.#putBack(taken.id, id === undefined ? LEASE_AGAIN_MS : 0);
    const record = id === undefined ? undefined : this.#history.get(id);
    if (record && !this.#isStopped && this.#isUnfinished(record.id) && !this.#runs.has(record.id)) {
      this.#waiting.remove(record);
      return this.#run(record, delivery);
    }
    this.#waiting.ended(taken);
    this.#next();
  }

  #putBack(id: string, ms: number): void {
    const record = this.#history.get(id);
    if (!record || !this.#isUnfinished(id) || this.#runs.has(id)) return;
    this.#waiting.add({ ...record, dueAt: Math.max(record.dueAt, Date.now() + ms) }, Date.now());
  }

  #run(record: CallRecord, delivery: Delivery): void {
    const running: CallRecord = { ...record, state: 'running' };
    this.#history.set(running);
    const context: RunContext = {
      store: this.#store,
      delivery,
      callbacks: this.#callbacks,
      policy: this.#options.policyOf,
      backoff: this.#options.backoff,
      warn: this.#options.warn,
    };
    const run = new CallRun(running, context);
    this.#runs.set(record.id, run);
    const work = run.ended.then(async (next) => {
      this.#runs.delete(record.id);
      this.#waiting.ended(record);
      // nothing is written for a run that was given up, or for a call that was cancelled meanwhile
      const written = next && this.#isUnfinished(record.id) ? this.#become(next) : undefined;
      this.#next();
      await written;
      this.#work.delete(work);
    });
    this.#work.add(work);
  }

  /** Tells of a call's next state once it is written, so that no crash takes back a try that was told of. */
  async #become(next: CallRecord): Promise<void> {
    if (next.state !== 'waiting') return this.#finish(next);
    await this.#outcomes.put(next.id, () => this.#store.putOff(next));
    if (!this.#isUnfinished(next.id)) return; // it was cancelled meanwhile
    this.#history.set(next);
    this.#waiting.add(next, Date.now());
    this.#next();
  }

  async #finish(record: CallRecord): Promise<void> {
    const finished = { ...record, finishedAt: Date.now() };
    this.#finishing.add(record.id);
    this.#room.leave(record);
    this.#totals.count(record.queue, 'processed');
    await this.#outcomes.put(record.id, () => this.#store.finish(finished, record.state === 'dead'));
    this.#finishing.delete(record.id);
    this.#history.set(finished);
  }

  #isUnfinished(id: string): boolean {
    const known = this.#history.get(id);
    return known !== undefined && known.finishedAt === undefined && !this.#finishing.has(id);
  }

  async #tidy(): Promise<void> {
    await this.#outcomes.retry();
    const ids = this.#history.expire(Date.now());
    if (ids.length > 0)
      await this.#store.remove(ids).catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
  }
}

function notDead(text: string): GatewayError {
  return new GatewayError('CALL_NOT_DEAD', text);
}
