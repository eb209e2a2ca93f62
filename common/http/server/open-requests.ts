import { timerDelay } from '../../duration.ts';

/** The requests that a server is serving now, and the wait for their end. */
export class OpenRequests {
  #count = 0;
  #isClosing = false;
  #onIdle: (() => void) | undefined;

  get count(): number {
    return this.#count;
  }

  /** Whether every response is to close its connection. */
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

  /** From now on every response closes its connection. Resolves when none is left, or after `deadlineMs`. */
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
