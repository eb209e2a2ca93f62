import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** A connection to NATS from when it is there until it is lost, be it for good or for a moment. */
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

  /** Settles as the work does, and rejects at once where the connection is lost before that. */
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

  /** It is lost. */
  end(why: string): void {
    for (const lose of this.#works) lose(new Error(why));
  }
}
