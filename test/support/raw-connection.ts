import net from 'node:net';
import { systemCodeOf } from '../../common/errors.ts';
import type { Owner } from './owner.ts';
import { within } from './wait.ts';

/** A TCP connection on which a test sends each byte itself. Received bytes are kept as Latin-1. */
export class RawConnection {
  readonly #socket: net.Socket;
  readonly #watchers = new Set<() => void>();
  readonly #ended: Promise<void>;
  #chunks: string[] = [];
  #closed = false;
  #wasReset = false;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#chunks.push(bytes.toString('latin1'));
      for (const check of this.#watchers) check();
    });
    socket.on('error', (error) => {
      if (systemCodeOf(error) === 'ECONNRESET') this.#wasReset = true;
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#closed = true;
        for (const check of this.#watchers) check();
        resolve();
      };
      socket.on('end', end);
      socket.on('close', end);
    });
  }

  static open(owner: Owner, port: number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      owner.after(() => void socket.destroy());
      const connection = new RawConnection(socket);
      socket.once('error', reject);
      socket.once('connect', () => resolve(connection));
    });
  }

  /** The port at this end. */
  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  get received(): string {
    if (this.#chunks.length > 1) this.#chunks = [this.#chunks.join('')];
    return this.#chunks[0] ?? '';
  }

  /** Whether the other side has ended or reset the connection. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it was reset; then bytes may be missing at the end. */
  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** A string is sent as Latin-1. */
  send(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends, and waits until the system has taken the bytes. */
  flush(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => resolve());
    });
  }

  /** Ends the sending side alone. */
  end(): void {
    this.#socket.end();
  }

  /** Goes away, like a client that lost interest. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Goes away with a TCP reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Waits until the received bytes match. A close is an error. */
  async waitFor(pattern: RegExp, ms?: number): Promise<void> {
    await this.#waitUntil(() => pattern.test(this.received), String(pattern), ms);
  }

  /** Waits until a text was received a number of times. */
  async waitForTimes(text: string, times: number, ms?: number): Promise<void> {
    const what = `${JSON.stringify(text)} ${times} times`;
    await this.#waitUntil(() => this.received.split(text).length > times, what, ms);
  }

  async #waitUntil(isThere: () => boolean, what: string, ms?: number): Promise<void> {
    const seen = new Promise<void>((resolve, reject) => {
      const check = (): void => {
        const isDone = isThere();
        if (!isDone && !this.#closed) return;
        this.#watchers.delete(check);
        if (isDone) resolve();
        else reject(new Error(`the connection closed before ${what}`));
      };
      this.#watchers.add(check);
      check();
    });
    await within(seen, what, ms).catch((error: Error) => {
      throw new Error(`${error.message}; received:\n${this.received.slice(0, 2000)}`, { cause: error });
    });
  }

  /** Waits until the other side has closed. */
  async waitClosed(ms?: number): Promise<void> {
    await within(this.#ended, 'the other side to close', ms);
  }
}

/** The answer to bytes that were sent on a connection of their own. */
export interface RawAnswer {
  readonly text: string;
  /** The statuses of all responses, informational ones too, in order. */
  readonly statuses: readonly number[];
  /** Whether the other side closed within the deadline. */
  readonly closed: boolean;
}

/** Sends bytes on a new connection, and collects the answer until the other side closes or `ms` have passed. */
export async function exchange(
  owner: Owner,
  port: number,
  bytes: string | Buffer,
  ms = 5000,
): Promise<RawAnswer> {
  const connection = await RawConnection.open(owner, port);
  connection.send(bytes);
  await connection.waitClosed(ms).catch(() => undefined);
  const { received, closed } = connection;
  connection.destroy();
  const statuses = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((match) => Number(match[1]));
  return { text: received, statuses, closed };
}
