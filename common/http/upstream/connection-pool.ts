import { ClosingHabit } from './closing-habit.ts';

/** How long a connection that nobody has used for a while is trusted to be still open, in milliseconds. */
const TRUSTED_MS = 4000;

/** How often connections that are idle for longer are looked for, in milliseconds. */
const SWEEP_MS = 1000;

/** How long a connection must be silent after a response without a body before it is used again, in milliseconds. */
const SILENT_MS = 10;

/**
 * The same for an upstream that was seen to send what nobody had asked for. What it writes behind a response may stay with it
 * until that is acknowledged (Nagle), which systems put off for 40 ms.
 */
const SILENT_AFTER_FAULT_MS = 60;

/** Connections that may wait for that at a time: enough for some ten thousand such responses in a second. */
const MOST_WAITING = 128;

export interface PooledConnection {
  readonly isOpen: boolean;
  /** The responses that have come over it. */
  readonly answers: number;
  /** When its last response was whole, by performance.now(). */
  readonly idleSince: number;
  /** Readies it for the next request: from now on it is idle. */
  release(): void;
  close(): void;
}

export type OnIdleClosed<C> = (connection: C, wasFaulty?: boolean) => void;

/**
 * The connections to one upstream: as many as there are requests at a time, the last used first.
 *
 * None is used again in the face of what the upstream has sent behind its response: the end of the connection, which the
 * next request would not survive, or bytes that nobody has asked for, which would be taken for the answer to it. What is
 * there is read once the loop has turned, at no cost; for what comes later a connection has to be silent for a while, but
 * only where that is to be feared.
 */
export class ConnectionPool<C extends PooledConnection> {
  readonly #create: (onIdleClosed: OnIdleClosed<C>) => C;
  readonly #idle: C[] = [];
  readonly #busy = new Set<C>();
  /** Those that were given back in this turn of the loop, and those in the one before. */
  #given: C[] = [];
  #read: C[] = [];
  /** Whether the upstream was seen to send what nobody had asked for. */
  #isFaulty = false;
  /** Those whose silence is waited for, the first given first. */
  readonly #waiting: C[] = [];
  readonly #habit = new ClosingHabit();
  /** When those were opened whose first response is not whole, the oldest first. */
  readonly #fresh = new Map<C, number>();
  #silentMs = SILENT_MS;
  #turn: NodeJS.Immediate | undefined;
  #silence: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /** @param create makes a connection, which tells when it ends between two requests, and whether bytes came then */
  constructor(create: (onIdleClosed: OnIdleClosed<C>) => C) {
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
      // it may have come to rest before the habit was known
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

  /** Takes a connection that no request has used before. */
  takeFresh(): C {
    const connection = this.#create(this.#forget);
    this.#busy.add(connection);
    this.#fresh.set(connection, performance.now());
    return connection;
  }

  /**
   * Gives it back after a response that another may follow.
   * @param hadNoBody whether the response had none by its head. An upstream that sends one all the same may do so some
   * milliseconds later, as may one that was faulty before: so it waits until it was silent.
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

  /** Tells that bytes came behind a response that was whole. */
  distrust(): void {
    this.#isFaulty = true;
    this.#silentMs = SILENT_AFTER_FAULT_MS;
  }

  /** Ends one that the upstream has ended in the face of a request. */
  lose(connection: C): void {
    this.#seeEnd(connection, true);
    this.discard(connection);
  }

  /** Closes a connection whose request was given up, or that can carry no other. */
  discard(connection: C): void {
    this.#busy.delete(connection);
    this.#fresh.delete(connection);
    connection.close();
  }

  /** Closes all of them. */
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

  /** The sockets were read between two calls: what had come behind the responses of the turn before is known. */
  readonly #onTurn = (): void => {
    for (const connection of this.#read) if (connection.isOpen) this.#rest(connection);
    this.#read = this.#given;
    this.#given = [];
    this.#turn = this.#read.length === 0 ? undefined : setImmediate(this.#onTurn);
  };

  /** What came in that time is read before what was set for the end of this turn of the loop. */
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

  /** Closes connections that are left over from a burst. A server may have a thread for each. */
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
