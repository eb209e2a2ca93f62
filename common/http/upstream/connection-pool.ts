/** How long a connection that nobody has used for a while is trusted to be still open, in milliseconds. */
const TRUSTED_MS = 4000;

/** How often connections that are idle for longer are looked for, in milliseconds. */
const SWEEP_MS = 1000;

/** How long a connection must be silent after a response without a body before it is used again, in milliseconds. */
const SILENT_MS = 10;

/** How many connections may wait for silence at a time: enough for some ten thousand such responses in a second. */
const MOST_WAITING = 128;

export interface PooledConnection {
  readonly isOpen: boolean;
  /** Whether a response has come over it before. */
  readonly wasUsed: boolean;
  /** When its last response was whole, by performance.now(). */
  readonly idleSince: number;
  /** Readies it for the next request: from now on it is idle. */
  release(): void;
  close(): void;
}

/** The connections to one upstream: as many as there are requests at a time, the last used first. */
export class ConnectionPool<C extends PooledConnection> {
  readonly #create: (onIdleClosed: (connection: C) => void) => C;
  readonly #idle: C[] = [];
  readonly #busy = new Set<C>();
  /** Connections whose silence is waited for, the first given first. */
  readonly #waiting: C[] = [];
  /** The shortest time after which the upstream was seen to close an idle connection, in milliseconds. */
  #shortestIdle = Number.POSITIVE_INFINITY;
  /** When those connections were opened whose first response is not whole, the oldest first. */
  readonly #fresh = new Map<C, number>();
  #silence: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /** @param create makes a connection, which tells when it ends between two requests */
  constructor(create: (onIdleClosed: (connection: C) => void) => C) {
    this.#create = create;
  }

  /**
   * Takes a connection for one request.
   * @param isRepeatable whether the request may be sent twice. Otherwise it gets no connection that the upstream could
   * be closing at this moment, judging by what it did so far.
   */
  take(isRepeatable: boolean): C {
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
      last.close();
    }
    return this.takeFresh();
  }

  /** Takes a connection that no request has used before. */
  takeFresh(): C {
    const connection = this.#create(this.#forget);
    this.#busy.add(connection);
    this.#fresh.set(connection, performance.now());
    return connection;
  }

  /**
   * Gives a connection back after a response that another may follow.
   * @param hadNoBody whether the response had no body, by its head. A faulty upstream sends a body all the same, maybe
   * some milliseconds later, and the next request on the connection would take it for its answer: so the connection
   * waits until it was silent.
   */
  give(connection: C, hadNoBody: boolean): void {
    if (!this.#busy.delete(connection)) return;
    this.#fresh.delete(connection);
    connection.release();
    if (!hadNoBody) return this.#rest(connection);
    if (this.#waiting.length >= MOST_WAITING) this.#waiting.shift()?.close();
    this.#waiting.push(connection);
    this.#silence ??= setTimeout(this.#onSilence, SILENT_MS).unref();
  }

  /** Closes a connection whose request was given up, or that can carry no other. */
  discard(connection: C): void {
    this.#busy.delete(connection);
    this.#fresh.delete(connection);
    connection.close();
  }

  /** Closes all of them. */
  close(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#sweep);
    this.#silence = undefined;
    this.#sweep = undefined;
    const all = [...this.#idle.splice(0), ...this.#waiting.splice(0), ...this.#busy];
    this.#busy.clear();
    this.#fresh.clear();
    for (const connection of all) connection.close();
  }

  #rest(connection: C): void {
    this.#idle.push(connection);
    this.#sweep ??= setTimeout(this.#closeAged, SWEEP_MS).unref();
  }

  /** Bytes that came in that time are read before the callbacks at the end of this turn of the loop. */
  readonly #onSilence = (): void => {
    const until = performance.now() - SILENT_MS;
    setImmediate(() => this.#admit(until));
  };

  /** Lets connections that were silent since `until` carry requests again. */
  #admit(until: number): void {
    this.#silence = undefined;
    while ((this.#waiting[0]?.idleSince ?? Number.POSITIVE_INFINITY) <= until) {
      const connection = this.#waiting.shift();
      if (connection?.isOpen) this.#rest(connection);
    }
    this.#relieve(until);
    const first = this.#waiting[0];
    if (!first && (this.#fresh.size === 0 || this.#idle.length === 0)) return;
    const ms = first ? Math.max(1, first.idleSince + SILENT_MS - performance.now()) : SILENT_MS;
    this.#silence = setTimeout(this.#onSilence, ms).unref();
  }

  /**
   * Closes idle connections for new ones that wait. A server with a thread for each connection may have none for a new
   * one before an idle one is closed.
   */
  #relieve(until: number): void {
    for (const [connection, openedAt] of this.#fresh) {
      if (openedAt > until || this.#idle.length === 0) return;
      this.#fresh.delete(connection);
      this.#idle.shift()?.close();
    }
  }

  /** Closes connections that are left over from a burst. A server may have a thread for each. */
  readonly #closeAged = (): void => {
    const before = performance.now() - TRUSTED_MS;
    while ((this.#idle[0]?.idleSince ?? Number.POSITIVE_INFINITY) < before) this.#idle.shift()?.close();
    this.#sweep = this.#idle.length === 0 ? undefined : setTimeout(this.#closeAged, SWEEP_MS).unref();
  };

  readonly #forget = (closed: C): void => {
    const waiting = this.#waiting.indexOf(closed);
    if (waiting !== -1) this.#waiting.splice(waiting, 1);
    const at = this.#idle.lastIndexOf(closed);
    if (at === -1) return;
    this.#idle.splice(at, 1);
    this.#shortestIdle = Math.min(this.#shortestIdle, performance.now() - closed.idleSince);
  };
}
