import { messageOf } from '../../common/errors.ts';
import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { CallRecord, NewCall } from './async-call.ts';
import type { CallFilter, CallQueue, QueueLoad } from './call-queue.ts';
import { CallHistory, type HistoryLimits } from './call-history.ts';
import { CallRun, type RunContext } from './call-run.ts';
import { Callbacks } from './callback.ts';
import { CallStore } from './call-store.ts';
import { Delivery } from './delivery.ts';
import type { Backoff, RetryPolicy } from './retry-policy.ts';
import { WaitingCalls, type MaxInflight } from './waiting-calls.ts';

export interface EmbeddedQueueOptions {
  /** Of the database. */
  readonly folder: string;
  readonly maxInflight: MaxInflight;
  /** Calls, and bytes of their content, that may wait or run. */
  readonly mostCalls: number;
  readonly mostBytes: number;
  readonly history: HistoryLimits;
  readonly backoff: Backoff;
  /** When calls of a function are tried again. */
  readonly policyOf: (name: FunctionName) => Promise<RetryPolicy>;
  readonly warn: (line: string) => void;
}

/** How long a call waits that could not be read or written, in milliseconds. */
const FAULT_WAIT_MS = 10_000;

/** How often what has ended long ago is dropped, in milliseconds. */
const EXPIRE_EVERY_MS = 10_000;

/** A queue in the gateway itself, with its calls in a database of its own. */
export class EmbeddedQueue implements CallQueue {
  readonly totals = new Map<string, { submitted: number; processed: number }>();
  readonly #options: EmbeddedQueueOptions;
  readonly #store: CallStore;
  readonly #history: CallHistory;
  readonly #waiting: WaitingCalls;
  readonly #callbacks = new Callbacks();
  readonly #runs = new Map<string, CallRun>();
  /** Calls of each function that wait or run. */
  readonly #pending = new Map<string, number>();
  #delivery: Delivery | undefined;
  #bytes = 0;
  #count = 0;
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #isStopped = false;

  private constructor(options: EmbeddedQueueOptions, store: CallStore) {
    this.#options = options;
    this.#store = store;
    this.#history = new CallHistory(options.history);
    this.#waiting = new WaitingCalls(options.maxInflight);
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(options: EmbeddedQueueOptions): Promise<EmbeddedQueue> {
    const store = await CallStore.open(options.folder);
    const queue = new EmbeddedQueue(options, store);
    for (const record of await store.readRecords()) {
      queue.#lastId = Math.max(queue.#lastId, Number(record.id));
      // one that ran when the gateway ended is made again: at least once is what is promised
      queue.#admit(record.state === 'running' ? { ...record, state: 'waiting' } : record);
    }
    return queue;
  }

  async start(address: string): Promise<void> {
    this.#delivery = new Delivery(address);
    this.#expiry = setInterval(() => void this.#expire(), EXPIRE_EVERY_MS).unref();
    this.#next();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#expiry);
    const runs = [...this.#runs.values()];
    for (const run of runs) run.giveUp();
    await Promise.all(runs.map(({ ended }) => ended));
    await Promise.all([this.#delivery?.close(), this.#callbacks.close()]);
    await this.#store.close();
  }

  async submit({ callId, name, calledAs, queue, content }: NewCall): Promise<void> {
    const bytes = content.body.length + content.headers.reduce((sum, text) => sum + text.length, 0);
    this.#requireRoom(bytes);
    const now = Date.now();
    this.#lastId = Math.max(this.#lastId + 1, now * 1000);
    const record: CallRecord = {
      id: String(this.#lastId),
      callId,
      name,
      calledAs,
      queue,
      state: 'waiting',
      callback: content.callbackUrl === undefined ? 'none' : 'pending',
      tries: 0,
      submittedAt: now,
      dueAt: now,
      bytes,
    };
    // its room is taken before the disk is waited for
    this.#count += 1;
    this.#bytes += bytes;
    try {
      await this.#store.put(record, content);
    } finally {
      this.#count -= 1;
      this.#bytes -= bytes;
    }
    this.#totalsOf(queue).submitted += 1;
    this.#admit(record);
    this.#next();
  }

  async cancel(callId: string): Promise<boolean> {
    const record = this.#history.find(callId);
    if (!record || record.finishedAt !== undefined) return false;
    this.#runs.get(record.id)?.giveUp();
    this.#waiting.remove(record.id);
    await this.#finish({ ...record, state: 'cancelled', callback: 'none' });
    return true;
  }

  find(callId: string): CallRecord | undefined {
    return this.#history.find(callId);
  }

  list(filter: CallFilter): readonly CallRecord[] {
    return this.#history.list(filter);
  }

  async replay(callId: string, body?: Buffer): Promise<void> {
    const dead = this.#history.find(callId);
    const content = dead && (await this.#store.readContent(dead.id));
    if (!dead) throw new GatewayError('CALL_UNKNOWN', `no call ${callId} is known here, or not any more`);
    if (dead.state !== 'dead' || !content)
      throw new GatewayError(
        'CALL_NOT_DEAD',
        `the call ${callId} is ${dead.state}: only dead ones are replayed`,
      );
    const { name, calledAs, queue } = dead;
    const again = body === undefined ? content : { ...content, body };
    await this.submit({ callId, name, calledAs, queue, content: again });
    this.#history.expireOne(dead.id);
    await this.#store.remove([dead.id]);
  }

  load(): readonly QueueLoad[] {
    const loads = new Map<string, { queue: string; name: FunctionName; waiting: number; running: number }>();
    for (const record of this.#history.unfinished()) {
      const key = `${record.queue}/${qualifiedName(record.name)}`;
      const load = loads.get(key) ?? { queue: record.queue, name: record.name, waiting: 0, running: 0 };
      loads.set(key, load);
      if (this.#runs.has(record.id)) load.running += 1;
      else load.waiting += 1;
    }
    return [...loads.values()];
  }

  pending(name: FunctionName): number {
    return this.#pending.get(qualifiedName(name)) ?? 0;
  }

  /** Takes a record up that is on the disk. */
  #admit(record: CallRecord): void {
    this.#history.set(record);
    if (record.finishedAt !== undefined) return;
    this.#count += 1;
    this.#bytes += record.bytes;
    this.#addPending(record, 1);
    this.#waiting.add(record, Date.now());
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped || !this.#delivery) return;
    for (let record = this.#waiting.take(Date.now()); record; record = this.#waiting.take(Date.now()))
      this.#run(record, this.#delivery);
    const due = this.#waiting.nextDue();
    if (due !== undefined) this.#timer = setTimeout(() => this.#next(), Math.max(1, due - Date.now()));
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
    };
    const run = new CallRun(running, context);
    this.#runs.set(record.id, run);
    void run.ended.then(async (next) => {
      this.#runs.delete(record.id);
      this.#waiting.ended(record);
      // cancelled meanwhile, or the gateway ends: the disk has it as it was
      const isStill = this.#history.get(record.id)?.finishedAt === undefined;
      // what could not even be tried is looked at again later
      const later: CallRecord = { ...record, dueAt: Date.now() + FAULT_WAIT_MS };
      if (isStill && !this.#isStopped) await this.#become(next ?? later);
      this.#next();
    });
  }

  async #become(next: CallRecord): Promise<void> {
    if (next.state !== 'waiting') return this.#finish(next);
    this.#history.set(next);
    await this.#store.put(next).catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
    this.#waiting.add(next, Date.now());
  }

  async #finish(record: CallRecord): Promise<void> {
    const finished = { ...record, finishedAt: Date.now() };
    this.#history.set(finished);
    this.#count -= 1;
    this.#bytes -= record.bytes;
    this.#addPending(record, -1);
    this.#totalsOf(record.queue).processed += 1;
    await this.#store
      .finish(finished, record.state === 'dead')
      .catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
  }

  async #expire(): Promise<void> {
    const ids = this.#history.expire(Date.now());
    if (ids.length > 0)
      await this.#store.remove(ids).catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
  }

  #requireRoom(bytes: number): void {
    const { mostCalls, mostBytes } = this.#options;
    if (this.#count < mostCalls && this.#bytes + bytes <= mostBytes) return;
    const limit =
      this.#count < mostCalls ? `async_max_bytes of ${mostBytes}` : `async_max_calls of ${mostCalls}`;
    throw new GatewayError('QUEUE_FULL', `the queue has reached ${limit}: try again later`);
  }

  #addPending({ name }: CallRecord, change: number): void {
    const key = qualifiedName(name);
    const count = (this.#pending.get(key) ?? 0) + change;
    if (count > 0) this.#pending.set(key, count);
    else this.#pending.delete(key);
  }

  #totalsOf(queue: string): { submitted: number; processed: number } {
    let totals = this.totals.get(queue);
    if (!totals) {
      totals = { submitted: 0, processed: 0 };
      this.totals.set(queue, totals);
    }
    return totals;
  }
}
