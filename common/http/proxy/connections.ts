import type { Client as UndiciClient, Dispatcher } from 'undici';
import type { UpstreamAddress } from '../upstream-address.ts';
import { upstreamConnector } from './connector.ts';
import { Client } from './undici.ts';

/** The most that a response's head may have, in bytes: as much as a request's. */
const MOST_HEADERS = 1 << 20;

/** How long an idle connection is kept where the upstream does not say, in milliseconds. */
const KEEP_ALIVE_MS = 4000;

/** One connection to the upstream, for one request at a time. */
export class UpstreamConnection {
  readonly #client: UndiciClient;
  /** Whether a response has come over the present socket before. */
  wasUsed = false;
  /** Whether the present request is out in full. */
  requestIsOut = false;
  /** Whether the kernel said that the upstream has not read the present request. */
  wasRefused = false;
  /** When its last response was whole. */
  idleSince = 0;

  constructor(address: UpstreamAddress, onClosed: (connection: UpstreamConnection) => void) {
    this.#client = new Client(address.origin, {
      connect: upstreamConnector(address.socketPath, {
        mayProbe: () => this.requestIsOut,
        onRefused: () => {
          this.wasRefused = true;
        },
      }),
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MOST_HEADERS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', () => {
      this.wasUsed = false;
      onClosed(this);
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.requestIsOut = false;
    this.wasRefused = false;
    this.#client.dispatch(options, handler);
  }

  destroy(): void {
    void this.#client.destroy();
  }
}

/** The connections to one upstream: as many as there are requests at a time, the last used first. */
export class UpstreamConnections {
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
    const last = this.#idle.at(-1);
    if (last && !isRepeatable && performance.now() - last.idleSince > this.#shortestIdle / 2)
      return this.takeFresh();
    return this.#take(this.#idle.pop());
  }

  /** Takes one that no request has used before. */
  takeFresh(): UpstreamConnection {
    return this.#take(undefined);
  }

  /** Gives it back after the request's end. */
  give(connection: UpstreamConnection): void {
    if (!this.#busy.delete(connection)) return;
    connection.idleSince = performance.now();
    this.#idle.push(connection);
  }

  /** Ends one whose request was given up; undici would connect it anew for nobody. */
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

  #take(idle: UpstreamConnection | undefined): UpstreamConnection {
    const connection = idle ?? new UpstreamConnection(this.#address, (closed) => this.#forget(closed));
    this.#busy.add(connection);
    return connection;
  }

  #forget(closed: UpstreamConnection): void {
    const at = this.#idle.indexOf(closed);
    if (at === -1) return;
    this.#idle.splice(at, 1);
    this.#shortestIdle = Math.min(this.#shortestIdle, performance.now() - closed.idleSince);
  }
}
