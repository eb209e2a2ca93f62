import { findFreePort, isFree } from '../../common/free-port.ts';
import { KitError } from '../errors.ts';

const PORTS_TRIED = 50;

/** Ports in a row: from the one that was asked for, or from the usual one those that are free. */
export class PortRow {
  /** Whether each port is asked for, so that none can stand in for it. */
  readonly isGiven: boolean;
  readonly #option: '--port' | '--inspect';
  readonly #last: number;
  #next: number;

  /**
   * @param given the first; 0 for any that are free; undefined for the usual one or the next that is free
   * @param option what the user chooses it by, for the error
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
