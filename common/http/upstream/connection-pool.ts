import { ClosingHabit } from './closing-habit.ts';

/** How long an idle connection is trusted to be still open, in milliseconds. */
const TRUSTED_MS = 4000;

/** How often connections that have been idle for longer are closed, in milliseconds. */
const SWEEP_MS = 1000;

/** How long a connection must be silent after a response without a body before it is used again, in milliseconds. */
const SILENT_MS = 10;

/**
 * The same for an upstream that has sent bytes after a complete response. Its kernel may hold such bytes back until the
 * response is acknowledged (Nagle's algorithm), which systems delay by up to 40 ms.
 */
const SILENT_AFTER_FAULT_MS = 60;

/** How many connections may wait for that at the same time: enough for some ten thousand such responses per second. */
const MOST_WAITING = 128;

export interface PooledConnection {
  readonly isOpen: boolean;
  /** The responses that have come over it. */
  readonly answers: number;
  /** When its last response was complete, by performance.now(). */
  readonly idleSince: number;
  /** Makes it ready for the next request: it is idle from now on. */
  release(): void;
  close(): void;
}

export type OnIdleClosed<C> = (connection: C, wasFaulty?: boolean) => void;

/**
 * The connections to one upstream: as many as there are requests at the same time. The last used is taken first.
 *
 * No connection is used again before the pool has seen what the upstream sent after its response: the end of the
 * connection, on which the next request would be lost, or more bytes, which would be taken for the answer to the next
 * request. A connection waits for one turn of the event loop, in which all that has come is read. Only if later bytes
 * are likely, it must be silent for some milliseconds.
 */
export class ConnectionPool<C extends PooledConnection> {
  readonly #create: (onIdleClosed: OnIdleClosed<C>) => C;
  readonly #idle: C[] = [];
  readonly #busy = new Set<C>();
  /** The connections that were given back in this turn of the event loop. */
  #given: C[] = [];
  /** The connections that were given back in the turn before. */
  #read: C[] = [];
  /** Whether the upstream has sent bytes after a complete response. */
  #isFaulty = false;
  /** The connections that must be silent for a while, the first that was given back first. */
  readonly #waiting: C[] = [];
  readonly #habit = new ClosingHabit();
  /** When the connections without a complete response were opened, the oldest first. */
  readonly #fresh = new Map<C, number>();
  #silentMs = SILENT_MS;
  #turn: NodeJS.Immediate | undefined;
  #silence: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /**
   * @param create makes a connection. It calls back when it ends between two requests, and tells whether bytes came.
   */
  constructor(create: (onIdleClosed: OnIdleClosed<C>) => C) {
    this.#create = create;
  }

  /**
   * Takes a connection for one request.
   * @param isRepeatable whether the request may be sent twice. If not, it gets no connection that the upstream could be
   * closing now, judging by its habit so far.
   */
  take(isRepeatable: boolean): C {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      const idle = performance.now() - last.idleSince;
      // it may have become idle before the habit was known
      if (last.isOpen && idle < TRUSTED_MS && !this.#habit.isSpent(last.answers)) {
        if (isRepeatable || !this.#habit.couldEnd(idle)) {
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

  /** Takes a new connection. */
  takeFresh(): C {
    const connection = this.#create(this.#forget);
    this.#busy.add(connection);
    this.#fresh.set(connection, performance.now());
    return connection;
  }

  /**
   * Gives a connection back after a response, if another request may follow.
   * @param hadNoBody whether the response had no body by its head. A faulty upstream may send one some milliseconds
   * later, so the connection must be silent for a while; the same after any earlier fault.
   */
  give(connection: C, hadNoBody: boolean): void {
    if (!this.#busy.delete(connection)) return;
    this.#fresh.delete(connection);
    connection.release();
    if (this.#habit.isSpent(connection.answers)) return connection.close();
    if (!hadNoBody && !this.#isFaulty) {
      this.#given.push(connection);
      this.#turn ??= setImmediate(this.#onTurn);
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) this.#waiting.shift()?.close();
    this.#waiting.push(connection);
    this.#silence ??= setTimeout(this.#onSilence, this.#silentMs).unref();
  }

  /** Notes that the upstream has sent bytes after a complete response. */
  distrust(): void {
    this.#isFaulty = true;
    this.#silentMs = SILENT_AFTER_FAULT_MS;
  }

  /** Discards a connection that the upstream has ended while a request was under way. */
  lose(connection: C): void {
    this.#seeEnd(connection, true);
    this.discard(connection);
  }

  /** Closes a connection whose request was given up, or that cannot be used again. */
  discard(connection: C): void {
    this.#busy.delete(connection);
    this.#fresh.delete(connection);
    connection.close();
  }

  /** Closes all connections. */
  close(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#silence);
    clearTimeout(this.#sweep);
    this.#turn = undefined;
    this.#silence = undefined;
    this.#sweep = undefined;
    const atRest = [this.#idle, this.#waiting, this.#given, this.#read].flatMap((list) => list.splice(0));
    const all = [...atRest, ...this.#busy];
    this.#busy.clear();
    this.#fresh.clear();
    for (const connection of all) connection.close();
  }

  #rest(connection: C): void {
    this.#idle.push(connection);
    this.#sweep ??= setTimeout(this.#closeAged, SWEEP_MS).unref();
  }

  /**
   * Frees the connections of the turn before. All sockets were read since, so bytes after their responses were seen.
   */
  readonly #onTurn = (): void => {
    for (const connection of this.#read) if (connection.isOpen) this.#rest(connection);
    this.#read = this.#given;
    this.#given = [];
    this.#turn = this.#read.length === 0 ? undefined : setImmediate(this.#onTurn);
  };

  /** Admits the silent connections at the end of this turn of the event loop, after all sockets were read. */
  readonly #onSilence = (): void => {
    const until = performance.now() - this.#silentMs;
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
    const ms = first ? Math.max(1, first.idleSince + this.#silentMs - performance.now()) : this.#silentMs;
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

  /** Closes idle connections that are left over from a burst, as a server may have a thread for each. */
  readonly #closeAged = (): void => {
    const before = performance.now() - TRUSTED_MS;
    while ((this.#idle[0]?.idleSince ?? Number.POSITIVE_INFINITY) < before) this.#idle.shift()?.close();
    this.#sweep = this.#idle.length === 0 ? undefined : setTimeout(this.#closeAged, SWEEP_MS).unref();
  };

  readonly #forget = (closed: C, wasFaulty = false): void => {
    if (wasFaulty) this.distrust();
    const waiting = this.#waiting.indexOf(closed);
    if (waiting !== -1) this.#waiting.splice(waiting, 1);
    const at = this.#idle.lastIndexOf(closed);
    if (at !== -1) this.#idle.splice(at, 1);
    if (at !== -1 || this.#read.includes(closed)) this.#seeEnd(closed, false);
  };

  #seeEnd({ idleSince, answers }: C, hadRequest: boolean): void {
    if (answers > 0) this.#habit.ended(performance.now() - idleSince, answers, hadRequest);
  }
}
