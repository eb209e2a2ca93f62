import { messageOf } from '../../common/errors.ts';

/**
 * Writes the outcomes of calls. A write that fails is kept in memory and tried again, so that a call that has ended is
 * not made again after the next start. At most one write of each call is kept.
 */
export class OutcomeWriter {
  readonly #warn: (line: string) => void;
  readonly #unwritten = new Map<string, () => Promise<void>>();

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** Runs `write`, which replaces all earlier writes of this call. Never rejects. */
  async put(id: string, write: () => Promise<void>): Promise<void> {
    this.#unwritten.delete(id);
    try {
      await write();
    } catch (thrown) {
      if (this.#unwritten.size === 0)
        this.#warn(
          `Outcomes of calls cannot be written, and are kept in memory until they can: ${messageOf(thrown)}`,
        );
      if (!this.#unwritten.has(id)) this.#unwritten.set(id, write);
    }
  }

  /** Tries the failed writes again, until one fails. */
  async retry(): Promise<void> {
    for (const [id, write] of this.#unwritten) {
      try {
        await write();
      } catch {
        return;
      }
      if (this.#unwritten.get(id) === write) this.#unwritten.delete(id);
    }
  }
}
