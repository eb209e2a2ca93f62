import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** A connection to NATS, from its beginning until it is lost. A connection that is made again is a new session. */
export class NatsSession {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly #works = new Set<(error: Error) => void>();

  constructor(connection: NatsConnection, client: JetStreamClient, manager: JetStreamManager) {
    this.connection = connection;
    this.client = client;
    this.manager = manager;
  }

  /** Settles as `work` does, but rejects at once when the connection is lost. */
  async within<T>(work: Promise<T>): Promise<T> {
    let lose: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_resolve, reject) => (lose = reject));
    this.#works.add(lose);
    try {
      return await Promise.race([work, lost]);
    } finally {
      this.#works.delete(lose);
    }
  }

  /** Rejects all work under way, as the connection is lost. */
  fail(why: string): void {
    for (const lose of this.#works) lose(new Error(why));
  }
}
