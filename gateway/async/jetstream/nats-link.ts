import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../../../common/errors.ts';
import { GatewayError } from '../../errors.ts';
import { connectNats, type ConnectOptions } from './nats-connection.ts';
import { ensureStream } from './call-stream.ts';
import { NatsSession } from './nats-session.ts';

export interface LinkOptions extends ConnectOptions {
  readonly warn: (line: string) => void;
}

/** How long to wait before another try to connect, in milliseconds. */
const RETRY_MS = 500;

/** The connection to NATS. It is made again whenever it is lost, until `close`. */
export class NatsLink {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  #session: NatsSession | undefined;
  #connection: NatsConnection | undefined;
  #waiting: (() => void)[] = [];
  #why = 'it has not answered yet';
  #reconnects = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The current session; undefined while there is no connection. */
  get session(): NatsSession | undefined {
    return this.#session;
  }

  /** How often the connection was made again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** Begins to connect. @param onUp is called with each new session */
  start(onUp: (session: NatsSession) => void): void {
    this.#running = this.#connectAgainAndAgain(onUp);
  }

  /** Waits for a session. @returns undefined where the link was closed */
  async up(): Promise<NatsSession | undefined> {
    while (!this.#session && !this.#closing.signal.aborted)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#session;
  }

  /** @returns the error for a caller when there is no session, or when it failed */
  unreachable(why = this.#why): GatewayError {
    const { address } = this.#options;
    return new GatewayError(
      'QUEUE_UNREACHABLE',
      `the queue at nats_url ${address.text} cannot be used (${why}): check the NATS server and try again`,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#down('the gateway is stopping');
    this.#wake();
    await this.#connection?.close();
    await this.#running;
    await this.#connection?.close(); // one that was being made meanwhile
  }

  async #connectAgainAndAgain(onUp: (session: NatsSession) => void): Promise<void> {
    const { signal } = this.#closing;
    const { address, warn } = this.#options;
    let isTold = false;
    while (!signal.aborted) {
      try {
        this.#connection = await connectNats(this.#options);
        if (!signal.aborted) await this.#follow(this.#connection, onUp);
        isTold = false;
      } catch (thrown) {
        this.#down(reasonOf(thrown));
        await this.#connection?.close();
        if (!isTold && !signal.aborted)
          warn(
            `No queue at nats_url ${address.text} (${this.#why}): asynchronous calls are refused until it can be reached`,
          );
        isTold = true;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Follows a connection until it is closed. */
  async #follow(connection: NatsConnection, onUp: (session: NatsSession) => void): Promise<void> {
    const changes = connection.status();
    await this.#begin(connection, onUp);
    for await (const { type } of changes) {
      if (type === 'disconnect') this.#down('the connection is lost');
      if (type === 'reconnect') {
        this.#reconnects += 1;
        await this.#begin(connection, onUp);
      }
    }
    const closed = await connection.closed();
    throw closed ?? new Error('the connection was closed');
  }

  async #begin(connection: NatsConnection, onUp: (session: NatsSession) => void): Promise<void> {
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(connection);
    await ensureStream(manager, this.#options.stream);
    if (this.#closing.signal.aborted) return;
    this.#session = new NatsSession(connection, jetstream(connection), manager);
    this.#wake();
    onUp(this.#session);
  }

  #down(why: string): void {
    this.#why = why;
    this.#session?.fail(why);
    this.#session = undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function reasonOf(thrown: unknown): string {
  const text = messageOf(thrown);
  return text === '' && thrown instanceof Error ? thrown.name : text;
}
