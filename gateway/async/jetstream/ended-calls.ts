import type { NatsLink } from './nats-link.ts';

/** How often NATS is told again what it has not confirmed, in milliseconds. */
const AGAIN_MS = 5000;

/** Calls that have ended, of which the stream may have messages still: they are removed as soon as NATS is there. */
export class EndedCalls {
  readonly #stream: string;
  readonly #link: NatsLink;
  readonly #subjects = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #settling: Promise<void> | undefined;

  constructor(stream: string, link: NatsLink) {
    this.#stream = stream;
    this.#link = link;
    this.#timer = setInterval(() => void this.settle(), AGAIN_MS).unref();
  }

  has(subject: string): boolean {
    return this.#subjects.has(subject);
  }

  add(subject: string): void {
    this.#subjects.add(subject);
    void this.settle();
  }

  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.settle();
  }

  async #settle(): Promise<void> {
    for (const subject of this.#subjects) {
      const { session } = this.#link;
      if (!session) return;
      try {
        // no purge of the subject, which takes consumers of nats-server 2.9 past messages of other subjects
        const message = await session.manager.streams.getMessage(this.#stream, { last_by_subj: subject });
        if (message) await session.manager.streams.deleteMessage(this.#stream, message.seq, false);
      } catch {
        return; // later
      }
      this.#subjects.delete(subject);
    }
  }
}
