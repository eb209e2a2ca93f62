import type { JsMsg } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';
import type { CallAnswer, CallContent, CallRecord } from '../async-call.ts';
import type { CallStore, StoreUser } from '../call-store.ts';
import { LevelStore } from '../level-store.ts';
import { CallLine } from './call-line.ts';
import { idOf, lineOf, packedCall, subjectOf, unpackedCall } from './call-stream.ts';
import { EndedCalls } from './ended-calls.ts';
import { Leases } from './leases.ts';
import { NatsLink, type LinkOptions } from './nats-link.ts';
import type { NatsSession } from './nats-session.ts';
import { publish } from './publication.ts';
import { reconcile } from './reconciliation.ts';

export interface JetStreamOptions extends LinkOptions {
  /** The folder of the local database. */
  readonly folder: string;
  /** How long a lease lasts unless it is extended, in milliseconds. */
  readonly ackWait: number;
}

/** How long a start waits for NATS before it goes on without it, in milliseconds. */
const WAITED_FOR_MS = 5000;

/** From this number of lines on, those without calls are dropped from memory. */
const MOST_LINES = 1000;

/**
 * Keeps queued calls in a stream of NATS JetStream: each is a message until it has ended. A local database has their
 * records, the answers until the callbacks are sent, and the content of dead calls. An outcome is written there before
 * NATS is told, so that a message that NATS delivers again is recognised as done.
 */
export class JetStreamStore implements CallStore {
  readonly #options: JetStreamOptions;
  readonly #local: LevelStore;
  readonly #link: NatsLink;
  readonly #leases: Leases;
  readonly #ended: EndedCalls;
  readonly #lines = new Map<string, CallLine>();
  /** Ids of calls that are being published. */
  readonly #adding = new Set<string>();
  #user: StoreUser | undefined;

  private constructor(options: JetStreamOptions, local: LevelStore) {
    this.#options = options;
    this.#local = local;
    this.#link = new NatsLink(options);
    this.#leases = new Leases(options.ackWait);
    this.#ended = new EndedCalls(options.stream, this.#link);
  }

  /** @throws GatewayError STORAGE_FAILED */
  static async open(options: JetStreamOptions): Promise<JetStreamStore> {
    const store = new JetStreamStore(options, await LevelStore.open(options.folder));
    store.#link.start((session) => void store.#reconcile(session));
    const waiting = new AbortController();
    const waited = sleep(WAITED_FOR_MS, undefined, waiting).catch(() => undefined);
    await Promise.race([store.#link.up(), waited]);
    waiting.abort();
    return store;
  }

  get reconnects(): number {
    return this.#link.reconnects;
  }

  readRecords(): Promise<CallRecord[]> {
    return this.#local.readRecords();
  }

  start(user: StoreUser): void {
    this.#user = user;
    const { session } = this.#link;
    if (session) void this.#reconcile(session);
  }

  async lease(record: CallRecord): Promise<string | undefined> {
    const session = await this.#link.up();
    if (!session) return undefined;
    const id = await this.#lineFor(record).next(session, record.id);
    if (id === undefined) await this.#loseIfGone(session, record);
    return id;
  }

  async readContent(id: string): Promise<CallContent | undefined> {
    return this.#leases.contentOf(id) ?? this.#local.readContent(id);
  }

  readAnswer(id: string): Promise<CallAnswer | undefined> {
    return this.#local.readAnswer(id);
  }

  async add(record: CallRecord, content: CallContent): Promise<void> {
    await this.#publish(record, packedCall(record, content));
    // not awaited: the call is in the stream and will be made, whether or not the local disk takes its record
    this.#local.note(record).catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
  }

  async replace(oldId: string, record: CallRecord, content: CallContent): Promise<void> {
    await this.#publish(record, packedCall(record, content, oldId));
    await this.#local.replace(oldId, record);
  }

  async putOff(record: CallRecord): Promise<void> {
    await this.#local.putOff(record);
    this.#leases.giveBack(record.id, record.dueAt - Date.now());
  }

  putAnswer(record: CallRecord, answer: CallAnswer): Promise<void> {
    return this.#local.putAnswer(record, answer);
  }

  async finish(record: CallRecord, keepsContent: boolean): Promise<void> {
    await this.#local.finish(record, keepsContent, this.#leases.contentOf(record.id));
    void this.#end(record);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#local.remove(ids);
  }

  async close(): Promise<void> {
    this.#leases.close();
    await this.#ended.close();
    await this.#link.close();
    await this.#local.close();
  }

  async #publish(record: CallRecord, bytes: Buffer): Promise<void> {
    this.#adding.add(record.id);
    const subject = subjectOf(this.#options.stream, record);
    try {
      await publish(this.#link, subject, record.id, bytes);
    } catch (thrown) {
      // NATS may have stored it all the same: it must not be made, as the caller is told that it was refused
      if (thrown instanceof GatewayError && thrown.code === 'QUEUE_UNREACHABLE') this.#ended.add(subject);
      throw thrown;
    } finally {
      this.#adding.delete(record.id);
    }
  }

  #lineFor(record: CallRecord): CallLine {
    const line = lineOf(record);
    let found = this.#lines.get(line);
    if (!found) {
      const { stream, ackWait } = this.#options;
      found = new CallLine({ stream, line, ackWait, accept: (message) => this.#accept(message) });
      this.#forgetIdleLines();
      this.#lines.set(line, found);
    }
    return found;
  }

  /** Drops lines that no run waits for. The next call makes the line again. */
  #forgetIdleLines(): void {
    if (this.#lines.size < MOST_LINES) return;
    for (const [line, { isIdle }] of this.#lines) if (isIdle) this.#lines.delete(line);
  }

  /**
   * Decides whether a message is run now, and takes its lease.
   * @returns the call's id; undefined where it is not run now
   */
  #accept(message: JsMsg): string | undefined {
    const call = unpackedCall(message.data);
    if (!call || idOf(message.subject) !== call.record.id) {
      this.#options.warn(`A message of the stream ${this.#options.stream} is not a call: it is dropped`);
      message.term();
      return undefined;
    }
    const { record, replaces } = call;
    if (this.#ended.has(message.subject)) return void message.ack();
    const known = this.#user?.find(record.id);
    if (known?.finishedAt !== undefined) return void message.ack();
    if (!known) this.#adopt(record, replaces);
    const wait = (known?.dueAt ?? 0) - Date.now();
    const isRunning = this.#leases.has(record.id); // its lease ran out while NATS was away
    if (!isRunning && wait > 0) return void message.nak(wait);
    this.#leases.take(message, call);
    return isRunning ? undefined : record.id;
  }

  /** Makes a call known that was found in the stream. */
  #adopt(record: CallRecord, replaces: string | undefined): void {
    const written = replaces === undefined ? this.#local.note(record) : this.#local.replace(replaces, record);
    written.catch((thrown: unknown) => this.#options.warn(messageOf(thrown)));
    this.#user?.adopt(record, replaces);
  }

  async #end(record: CallRecord): Promise<void> {
    if (await this.#leases.acknowledge(record.id)) return;
    this.#ended.add(subjectOf(this.#options.stream, record));
  }

  async #loseIfGone({ manager }: NatsSession, record: CallRecord): Promise<void> {
    const { stream } = this.#options;
    const isGone = await manager.streams
      .getMessage(stream, { last_by_subj: subjectOf(stream, record) })
      .then((message) => message === null)
      .catch(() => false);
    if (isGone) this.#user?.lose(record.id);
  }

  async #reconcile(session: NatsSession): Promise<void> {
    const { stream, warn } = this.#options;
    const user = this.#user;
    if (!user) return;
    await this.#ended.settle();
    await reconcile(session, stream, {
      user: { ...user, adopt: (record, replaces) => this.#adopt(record, replaces) },
      isAway: (id) => this.#adding.has(id) || this.#leases.has(id),
      ended: (subject) => this.#ended.add(subject),
    }).catch((thrown: unknown) => {
      if (this.#link.session === session) warn(`The queue's stream could not be read: ${messageOf(thrown)}`);
    });
  }
}
