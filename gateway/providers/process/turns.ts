/** Does one thing at a time to each of many: what is asked for waits for what was asked before. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param key of what it is done to */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = done.catch(() => undefined);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return done;
  }
}
