/** Runs a limited number of tasks at the same time. Others wait in the order in which they came. */
export class Turnstile {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #passing = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#passing >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#passing += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#passing -= 1;
    }
  }
}
