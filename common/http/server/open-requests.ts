import { timerDelay } from '../../duration.ts';

/** Counts the requests that a server is serving, and waits for their end. */
export class OpenRequests {
  #count = 0;
  #isClosing = false;
  #onIdle: (() => void) | undefined;

  get count(): number {
    return this.#count;
  }

  /** Whether each connection is closed after its response. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  began(): void {
    this.#count += 1;
  }

  ended(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onIdle?.();
  }

  /** Sets `isClosing`. Resolves when no request is left, or after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isClosing = true;
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timerDelay(deadlineMs));
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
