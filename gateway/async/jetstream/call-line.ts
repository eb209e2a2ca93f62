import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsSession } from './nats-session.ts';

/** A run that waits for a call of the line. */
interface Request {
  readonly id: string;
  readonly resolve: (id: string | undefined) => void;
}

export interface LineOptions {
  readonly stream: string;
  /** The result of `lineOf`. */
  readonly line: string;
  /** How long a lease lasts unless it is extended, in milliseconds. */
  readonly ackWait: number;
  /** Decides whether a message is run now. @returns the call's id; undefined where it is not run now */
  readonly accept: (message: JsMsg) => string | undefined;
}

/** How long a pull waits for NATS to have a call, in milliseconds. */
const EXPIRES_MS = 2000;
/** NATS deletes a consumer that was not used for so long, in milliseconds. Its messages stay. */
const FORGOTTEN_AFTER_MS = 600_000;

/** The calls of one function in one queue, pulled from NATS by a consumer of their own. */
export class CallLine {
  readonly #options: LineOptions;
  readonly #requests = new Set<Request>();
  #session: NatsSession | undefined;
  #consumer: Promise<Consumer> | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Whether no run waits for a call of this line. */
  get isIdle(): boolean {
    return this.#requests.size === 0;
  }

  /**
   * Leases the call with this id, or another of the line.
   * @returns the id of the leased call; undefined where NATS has none at the moment
   */
  next(session: NatsSession, id: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const request = { id, resolve };
      this.#requests.add(request);
      void this.#pull(session).then((got) => this.#answer(request, got));
    });
  }

  /**
   * Gives the result of a pull to one request: the one for this call if there is one, else the one that pulled, or the
   * oldest one where that has its result already.
   */
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
      // NATS may have deleted the consumer: the next pull makes it again
      if (this.#consumer === making) this.#consumer = undefined;
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
    // Deleting the consumer frees all that it had leased, and nobody else works on this stream. Without this, a NATS
    // server that was killed may never deliver again what it had delivered before.
    if (isNew) await manager.consumers.delete(stream, name).catch(() => undefined);
    await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: `${stream}.${line}.*`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWait),
      // no limit: calls that wait for their next try count as pending too, and must not hold up the others
      max_ack_pending: -1,
      max_deliver: -1,
      inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
    });
    return client.consumers.get(stream, name);
  }
}
