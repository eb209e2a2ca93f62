import type { NatsLink } from './nats-link.ts';

/** How often a removal that NATS has not confirmed is tried again, in milliseconds. */
const AGAIN_MS = 5000;

/** Removes the messages of calls that have ended, as soon as NATS can be reached. */
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
        // not by a purge of the subject: in nats-server 2.9 it makes consumers skip messages of other subjects
        const message = await session.manager.streams.getMessage(this.#stream, { last_by_subj: subject });
        if (message) await session.manager.streams.deleteMessage(this.#stream, message.seq, false);
      } catch {
        return; // the timer tries again
      }
      this.#subjects.delete(subject);
    }
  }
}
