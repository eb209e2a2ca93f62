import net from 'node:net';
import { systemCodeOf } from '../../errors.ts';
import { outliveWriteErrors } from '../proxy/outlive-write-errors.ts';
import type { OnIdleClosed, PooledConnection } from '../proxy/connection-pool.ts';
import type { UpstreamAddress } from '../upstream-address.ts';

/** Milliseconds to connect to the function, which runs beside the watchdog. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What most reads are into: whoever gets the bytes is done with them, or has copied them, when the call returns. */
const SHARED = Buffer.allocUnsafeSlow(64 << 10);

/** Bytes of a buffer that a connection has to itself, while much comes over it. */
const OWN_BYTES = 128 << 10;

/** Who has a connection for one request and its response. */
export interface Carrier {
  /**
   * @param bytes are good for the time of the call
   * @param isOwn whether they are good for longer where `lend` is told so
   * @returns false to be left alone until `resume`
   */
  onBytes(bytes: Buffer, isOwn: boolean): boolean;
  /** More of the request can be written. */
  onDrain(): void;
  /** The upstream has ended its side. @returns whether it matters if the request was read */
  onEnd(): boolean;
  /**
   * @param error what closed it, where the upstream did not end it
   * @param isUnread whether the kernel said that the upstream has not read the request
   */
  onClosed(error: Error | undefined, isUnread: boolean): void;
}

/** One connection to the upstream, for one request at a time. */
export class UpstreamConnection implements PooledConnection {
  /** The responses that have come over it. */
  answers = 0;
  /** Whether the present request is out in full. */
  requestIsOut = false;
  /** When its last response was whole, by performance.now(). */
  idleSince = 0;
  readonly socket: net.Socket;
  readonly #onIdleClosed: OnIdleClosed<UpstreamConnection>;
  #carrier: Carrier | undefined;
  /** Undefined while the shared one does. */
  #own: Buffer | undefined;
  #error: Error | undefined;
  #isUnread = false;
  #wasFaulty = false;

  /** @param onIdleClosed is called when it ends between two requests */
  constructor(address: UpstreamAddress, onIdleClosed: OnIdleClosed<UpstreamConnection>) {
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
      this.socket.destroy(new Error('the function does not take the connection')),
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

  /** Takes it for one request. */
  take(carrier: Carrier): void {
    this.#carrier = carrier;
    this.requestIsOut = false;
  }

  /** Leaves it for the next request. */
  release(): void {
    this.#carrier = undefined;
    this.#own = undefined;
    this.answers += 1;
    this.idleSince = performance.now();
  }

  /** More is read into a buffer of this connection's own: into a new one, as the last may still be in use. */
  lend(): void {
    this.#own = Buffer.allocUnsafeSlow(OWN_BYTES);
  }

  /** The next read is into the shared buffer: what was read last may still be in use. */
  share(): void {
    this.#own = undefined;
  }

  resume(): void {
    this.socket.resume();
  }

  destroy(): void {
    this.#carrier = undefined;
    this.socket.destroy();
  }

  readonly #nextBuffer = (): Buffer => this.#own ?? SHARED;

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    if (!this.#carrier) {
      this.#wasFaulty = true; // nobody has asked for anything
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
   * Whether the upstream, which has ended its side, has read the request. The kernel knows: bytes that reach a closed
   * socket are answered with a reset, and from then on a write to ours fails with EPIPE. So one more line break is
   * written, which no server minds between requests: EPIPE means that the request was refused unread and can be sent
   * again, whatever its method. It is not done while a body is under way, of which it would be a part.
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
