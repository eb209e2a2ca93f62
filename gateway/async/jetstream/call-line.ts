import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsSession } from './nats-session.ts';

/** One who waits for a call of the line. */
interface Request {
  readonly id: string;
  readonly resolve: (id: string | undefined) => void;
}

export interface LineOptions {
  readonly stream: string;
  /** As `lineOf` has it. */
  readonly line: string;
  /** How long a lease lasts that is not extended, in milliseconds. */
  readonly ackWait: number;
  /** Takes a message for a run. @returns the call's id; undefined where it is not to be run now */
  readonly accept: (message: JsMsg) => string | undefined;
}

/** How long NATS is waited for to have a call, in milliseconds. */
const EXPIRES_MS = 2000;
/** NATS forgets a consumer that nobody asks for so long, in milliseconds. Its messages stay. */
const FORGOTTEN_AFTER_MS = 600_000;

/** Calls of one function in one queue, and NATS's consumer of them. */
export class CallLine {
  readonly #options: LineOptions;
  readonly #requests = new Set<Request>();
  #session: NatsSession | undefined;
  #consumer: Promise<Consumer> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Whether nobody waits for a call of it. */
  get isIdle(): boolean {
    return this.#requests.size === 0;
  }

  /**
   * Leases the call of that id, or another.
   * @returns its id; undefined where NATS has none at the moment
   */
  next(session: NatsSession, id: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const request = { id, resolve };
      this.#requests.add(request);
      void this.#pull(session).then((got) => this.#answer(request, got));
    });
  }

  /** Each pull answers one request: with the call that was asked for, if anybody has asked for it. */
  #answer(asked: Request, got: string | undefined): void {
    const match = got === undefined ? undefined : [...this.#requests].find(({ id }) => id === got);
    const own = this.#requests.has(asked) ? asked : undefined;
    const [oldest] = this.#requests;
    const request = match ?? own ?? oldest;
    if (!request) return;
    this.#requests.delete(request);
    request.resolve(got);
  }

  async #pull(session: NatsSession): Promise<string | undefined> {
    const making = this.#consumerOf(session);
    try {
      const consumer = await session.within(making);
      for (;;) {
        const message = await session.within(consumer.next({ expires: EXPIRES_MS }));
        if (!message) return undefined;
        const id = this.#options.accept(message);
        if (id !== undefined) return id;
      }
    } catch {
      if (this.#consumer === making) this.#consumer = undefined; // gone, perhaps: it is made again
      return undefined;
    }
  }

  #consumerOf(session: NatsSession): Promise<Consumer> {
    const isNew = this.#session !== session;
    if (isNew) this.#consumer = undefined;
    this.#session = session;
    this.#consumer ??= this.#makeConsumer(session, isNew);
    return this.#consumer;
  }

  async #makeConsumer({ client, manager }: NatsSession, isNew: boolean): Promise<Consumer> {
    const { AckPolicy } = await import('@nats-io/jetstream');
    const { nanos } = await import('@nats-io/transport-node');
    const { stream, line, ackWait } = this.#options;
    const name = line.replaceAll('.', '+');
    // Whatever was leased before is free again with its consumer, and nobody else works on this stream. A NATS server
    // that was killed may have forgotten what it had given out, and would never give it out again.
    if (isNew) await manager.consumers.delete(stream, name).catch(() => undefined);
    await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: `${stream}.${line}.*`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWait),
      // calls that wait for their next try count as well: they hold up no others
      max_ack_pending: -1,
      max_deliver: -1,
      inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
    });
    return client.consumers.get(stream, name);
  }
}
