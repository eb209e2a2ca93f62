import { anonymousBytes } from '../process-tree.ts';
import type { FunctionLimits } from './function-limits.ts';
import { outOfMemory, type LimitHolder } from './limit-holder.ts';

/** How often memory is measured, in milliseconds. */
const LOOK_EVERY_MS = 250;

/** Measures the memory of an instance at intervals, and ends the instance when it is over its limit. */
export class MemoryWatch implements LimitHolder {
  readonly #bytes: number;
  readonly #limit: string;
  readonly #isInproc: boolean;
  #timer: NodeJS.Timeout | undefined;
  #reason: string | undefined;

  /** @param isInproc whether the function runs in the watchdog's process, whose memory counts then */
  constructor({ bytes = Number.POSITIVE_INFINITY, memory }: FunctionLimits, isInproc: boolean) {
    this.#bytes = bytes;
    this.#limit = memory;
    this.#isInproc = isInproc;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  hold(pid: number, end: () => void): void {
    this.#timer = setInterval(() => {
      if (anonymousBytes(pid, this.#isInproc) <= this.#bytes) return;
      clearInterval(this.#timer);
      this.#reason = outOfMemory(this.#limit);
      end();
    }, LOOK_EVERY_MS).unref();
  }

  release(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }
}
