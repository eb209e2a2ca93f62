import { messageOf } from '../../common/errors.ts';

/**
 * Writes the outcomes of calls. A write that fails is kept in memory and tried again, so that a call that has ended is
 * not made again after the next start. At most one write of each call is kept.
 */
export class OutcomeWriter {
  readonly #warn: (line: string) => void;
  readonly #unwritten = new Map<string, () => Promise<void>>();
  /** The last write of each call that is under way. They do not reject. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** Runs `write`, which replaces all earlier writes of this call. Never rejects. */
  async put(id: string, write: () => Promise<void>): Promise<void> {
    this.#unwritten.delete(id);
    try {
      await this.#inTurn(id, write);
      this.#unwritten.delete(id); // an earlier one, which has failed meanwhile
    } catch (thrown) {
      if (this.#unwritten.size === 0)
        this.#warn(
          `Outcomes of calls cannot be written, and are kept in memory until they can: ${messageOf(thrown)}`,
        );
      this.#unwritten.set(id, write);
    }
  }

  /** Tries the failed writes again, until one fails. */
  async retry(): Promise<void> {
    for (const [id, write] of this.#unwritten) {
      try {
        await this.#inTurn(id, write);
      } catch {
        return;
      }
      if (this.#unwritten.get(id) === write) this.#unwritten.delete(id);
    }
  }

  /** Runs a write when the earlier one of its call has ended: two at once could end in the wrong order. */
  #inTurn(id: string, write: () => Promise<void>): Promise<void> {
    const written = (this.#underWay.get(id) ?? Promise.resolve()).then(write);
    const ended = written
      .catch(() => undefined)
      .finally(() => {
        if (this.#underWay.get(id) === ended) this.#underWay.delete(id);
      });
    this.#underWay.set(id, ended);
    return written;
  }
}
