import net from 'node:net';
import { systemCodeOf } from '../../../errors.ts';
import { outliveWriteErrors } from '../outlive-write-errors.ts';
import type { OnIdleClosed, PooledConnection } from '../connection-pool.ts';
import type { UpstreamAddress } from '../upstream-address.ts';

/** How long a connection to the upstream may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The buffer of most reads. When `onBytes` returns, the carrier has used or copied the bytes. */
const SHARED = Buffer.allocUnsafeSlow(64 << 10);

/** The size of a buffer that one connection gets for itself while it receives much, in bytes. */
const OWN_BYTES = 128 << 10;

/** The user of a connection for one request and its response. */
export interface Carrier {
  /**
   * @param bytes are valid during the call
   * @param isOwn whether they stay valid longer, if `lend` is called
   * @returns false to get no more until `resume`
   */
  onBytes(bytes: Buffer, isOwn: boolean): boolean;
  /** Is called when more of the request can be written. */
  onDrain(): void;
  /**
   * Is called when the upstream has ended its side.
   * @returns whether the connection must find out if the upstream has read the request
   */
  onEnd(): boolean;
  /**
   * Is called when the connection has closed.
   * @param error the error that closed it, if the upstream did not end it
   * @param isUnread whether the kernel said that the upstream has not read the request
   */
  onClosed(error: Error | undefined, isUnread: boolean): void;
}

/** One connection to the upstream, for one request at a time. */
export class FastConnection implements PooledConnection {
  /** The responses that have come over it. */
  answers = 0;
  /** Whether the present request was sent completely. */
  requestIsOut = false;
  /** When its last response was complete, by performance.now(). */
  idleSince = 0;
  readonly socket: net.Socket;
  readonly #onIdleClosed: OnIdleClosed<FastConnection>;
  #carrier: Carrier | undefined;
  /** The buffer of this connection alone; undefined while it uses the shared one. */
  #own: Buffer | undefined;
  #error: Error | undefined;
  #isUnread = false;
  #wasFaulty = false;

  /** @param onIdleClosed is called when the connection ends between two requests */
  constructor(address: UpstreamAddress, onIdleClosed: OnIdleClosed<FastConnection>) {
    this.#onIdleClosed = onIdleClosed;
    const target =
      address.socketPath === undefined
        ? { host: address.host, port: address.port }
        : { path: address.socketPath };
    this.socket = outliveWriteErrors(
      net.connect({
        ...target,
        autoSelectFamily: true,
        noDelay: true,
        allowHalfOpen: true,
        onread: { buffer: this.#nextBuffer, callback: this.#onRead },
      } as net.NetConnectOpts),
    );
    this.socket.setTimeout(CONNECT_TIMEOUT_MS, () =>
      this.socket.destroy(
        Object.assign(new Error('the function does not take the connection'), { code: 'ETIMEDOUT' }),
      ),
    );
    this.socket.once('connect', () => this.socket.setTimeout(0));
    this.socket.on('drain', () => this.#carrier?.onDrain());
    this.socket.on('end', this.#onEnd);
    this.socket.on('error', (error) => (this.#error = error));
    this.socket.on('close', this.#onClose);
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  /** Takes the connection for one request. */
  take(carrier: Carrier): void {
    this.#carrier = carrier;
    this.requestIsOut = false;
  }

  /** Leaves the connection for the next request. */
  release(): void {
    this.#carrier = undefined;
    this.#own = undefined;
    this.answers += 1;
    this.idleSince = performance.now();
  }

  /** Makes the next reads go into a new buffer of this connection alone, as the last one may still be in use. */
  lend(): void {
    this.#own = Buffer.allocUnsafeSlow(OWN_BYTES);
  }

  /** Makes the next read go into the shared buffer, as the last one may still be in use. */
  share(): void {
    this.#own = undefined;
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.#carrier = undefined;
    this.socket.destroy();
  }

  readonly #nextBuffer = (): Buffer => this.#own ?? SHARED;

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    if (!this.#carrier) {
      this.#wasFaulty = true; // there is no request that this could answer
      this.socket.destroy();
      return true;
    }
    return this.#carrier.onBytes((buffer as Buffer).subarray(0, length), buffer !== SHARED);
  };

  readonly #onEnd = (): void => {
    const carrier = this.#carrier;
    if (!carrier || this.socket.destroyed) this.socket.destroy();
    else if (carrier.onEnd()) this.#probe();
    else this.socket.destroy();
  };

  /**
   * Finds out whether the upstream, which has ended its side, has read the request. The kernel knows: a closed socket
   * answers bytes with a reset, and after that a write to our socket fails with EPIPE. So this writes one more line
   * break, which servers ignore between requests. EPIPE means that the request was refused unread and can be sent
   * again, whatever its method. While a body is being sent this is not possible, as the line break would be a part of
   * it.
   */
  #probe(): void {
    this.socket.write('\r\n', (error) => {
      this.#isUnread = error !== null && error !== undefined && systemCodeOf(error) === 'EPIPE';
      this.socket.destroy();
    });
  }

  readonly #onClose = (): void => {
    const carrier = this.#carrier;
    this.#carrier = undefined;
    if (!carrier) return this.#onIdleClosed(this, this.#wasFaulty);
    carrier.onClosed(this.#error, this.#isUnread);
  };
}
