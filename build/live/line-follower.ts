import { setTimeout as sleep } from 'node:timers/promises';
import { readGivenUpLine } from '../../common/status-notes.ts';
import type { FunctionLine } from '../gateway-client/client.ts';

/** How long the last line of an instance may be on its way, in milliseconds, when the gateway has given it up. */
const ON_ITS_WAY_MS = 1000;

/** Follows the output of a function until it is removed. */
export class LineFollower {
  /** Resolves when the last line has come. */
  readonly ended: Promise<void>;
  #isOver = false;
  #givenUp = 0;
  #onGivenUp: () => void = () => undefined;

  constructor(lines: AsyncIterable<FunctionLine>, onLine: (line: FunctionLine) => void) {
    this.ended = this.#follow(lines, onLine).finally(() => (this.#isOver = true));
  }

  /** Whether the last line has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many instances the gateway has given up so far. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /**
   * Resolves once the gateway has given up more instances than that: the whole output of the last has come then. Waits
   * for a second at most.
   */
  async untilGivenUp(before: number): Promise<void> {
    if (this.#givenUp > before) return;
    const came = new Promise<void>((resolve) => (this.#onGivenUp = resolve));
    await Promise.race([came, this.ended, sleep(ON_ITS_WAY_MS, undefined, { ref: false })]);
  }

  async #follow(lines: AsyncIterable<FunctionLine>, onLine: (line: FunctionLine) => void): Promise<void> {
    try {
      for await (const line of lines) {
        onLine(line);
        if (line.kind !== 'gateway' || readGivenUpLine(line.text) === undefined) continue;
        this.#givenUp += 1;
        this.#onGivenUp();
      }
    } catch {
      // The gateway has ended. The session tells of it.
    }
  }
}
