import type { UpstreamAddress } from '../upstream-address.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/** How long a connection that nobody has used for a while is trusted to be still open, in milliseconds. */
const TRUSTED_MS = 4000;

/** The connections to one upstream: as many as there are requests at a time, the last used first. */
export class UpstreamPool {
  readonly #address: UpstreamAddress;
  readonly #idle: UpstreamConnection[] = [];
  readonly #busy = new Set<UpstreamConnection>();
  /** The shortest time after which the upstream was seen to close an idle connection, in milliseconds. */
  #shortestIdle = Number.POSITIVE_INFINITY;

  constructor(address: UpstreamAddress) {
    this.#address = address;
  }

  /**
   * Takes a connection for one request.
   * @param isRepeatable whether the request may be sent twice. One that may not gets no connection that the upstream
   * could be closing at this moment, by what was seen of it so far.
   */
  take(isRepeatable: boolean): UpstreamConnection {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      const idle = performance.now() - last.idleSince;
      if (last.isOpen && idle < TRUSTED_MS) {
        if (isRepeatable || idle < this.#shortestIdle / 2) {
          this.#busy.add(last);
          return last;
        }
        this.#idle.push(last);
        break;
      }
      last.destroy();
    }
    return this.takeFresh();
  }

  /** Takes one that no request has used before. */
  takeFresh(): UpstreamConnection {
    const connection = new UpstreamConnection(this.#address, this.#forget);
    this.#busy.add(connection);
    return connection;
  }

  /** Gives it back after a response that another may follow. */
  give(connection: UpstreamConnection): void {
    if (!this.#busy.delete(connection)) return;
    connection.release();
    this.#idle.push(connection);
  }

  /** Ends one whose request was given up, or that carries no other. */
  discard(connection: UpstreamConnection): void {
    this.#busy.delete(connection);
    connection.destroy();
  }

  /** Closes all of them. */
  close(): void {
    for (const connection of [...this.#idle, ...this.#busy]) connection.destroy();
    this.#idle.length = 0;
    this.#busy.clear();
  }

  readonly #forget = (closed: UpstreamConnection): void => {
    const at = this.#idle.lastIndexOf(closed);
    if (at === -1) return;
    this.#idle.splice(at, 1);
    this.#shortestIdle = Math.min(this.#shortestIdle, performance.now() - closed.idleSince);
  };
}
