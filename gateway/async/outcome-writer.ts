import { messageOf } from '../../common/errors.ts';

/**
 * Writes what has become of calls. What the disk does not take is kept and written later, so that a call that has ended
 * is not made again after the next start. It keeps one write of each call that is known, and no more.
 */
export class OutcomeWriter {
  readonly #warn: (line: string) => void;
  readonly #unwritten = new Map<string, () => Promise<void>>();

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** Writes by `write`, which stands for all writes of this call before it. Never rejects. */
  async put(id: string, write: () => Promise<void>): Promise<void> {
    this.#unwritten.delete(id);
    try {
      await write();
    } catch (thrown) {
      if (this.#unwritten.size === 0)
        this.#warn(`What has become of calls is written later: ${messageOf(thrown)}`);
      if (!this.#unwritten.has(id)) this.#unwritten.set(id, write);
    }
  }

  /** Tries again what could not be written, until one fails. */
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
