import { findFreePort, isFree } from '../../common/free-port.ts';
import { KitError } from '../errors.ts';

const PORTS_TRIED = 50;

/** Hands out ports in a row: from the one that the user names, or the free ones from the usual one on. */
export class PortRow {
  /** Whether the user has named the first port, so that a port in use is an error. */
  readonly isGiven: boolean;
  readonly #option: '--port' | '--inspect';
  readonly #last: number;
  #next: number;

  /**
   * @param given the first port; 0 for any free ones; undefined for the usual one or the next free one
   * @param option the flag that sets it, for the error
   */
  constructor(given: number | undefined, usual: number, option: '--port' | '--inspect') {
    this.isGiven = given !== undefined && given !== 0;
    this.#option = option;
    this.#next = given ?? usual;
    this.#last = usual + PORTS_TRIED;
  }

  /** @throws KitError PORT_TAKEN */
  async take(): Promise<number> {
    if (this.#next === 0) return findFreePort((text) => new KitError('PORT_TAKEN', text));
    for (;;) {
      const port = this.#next;
      this.#next += 1;
      if (await isFree(port)) return port;
      if (this.isGiven || port >= this.#last) throw this.#taken(port);
    }
  }

  #taken(port: number): KitError {
    const text =
      this.#option === '--port'
        ? `port ${port} is in use: choose another with --port, or --port 0 for any that is free`
        : `debugger port ${port} is in use: choose another with --inspect PORT`;
    return new KitError('PORT_TAKEN', text);
  }
}
