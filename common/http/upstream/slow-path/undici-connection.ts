import type { Client as UndiciClient, Dispatcher } from 'undici';
import type { UpstreamAddress } from '../upstream-address.ts';
import { systemCodeOf } from '../../../errors.ts';
import { ConnectionPool, type OnIdleClosed, type PooledConnection } from '../connection-pool.ts';
import { MOST_RESPONSE_HEAD } from '../headers.ts';
import { upstreamConnector } from './connector.ts';
import { Client } from './undici.ts';

/** How long an idle connection is kept if the upstream does not say it, in milliseconds. */
const KEEP_ALIVE_MS = 4000;

/** The code with which undici closes a socket when the upstream has ended it, or has sent bytes without a request. */
const CLOSED_BY_UNDICI = 'UND_ERR_SOCKET';

/** One connection to the upstream, for one request at a time. */
export class UndiciConnection implements PooledConnection {
  readonly #client: UndiciClient;
  /** Whether the upstream has ended the present socket. */
  #hasEnded = false;
  /** The responses that have come over the present socket. */
  answers = 0;
  /** Whether the present request was sent completely. */
  requestIsOut = false;
  /** Whether the kernel said that the upstream has not read the present request. */
  wasRefused = false;
  /** When its last response was complete, by performance.now(). */
  idleSince = 0;

  constructor(address: UpstreamAddress, connectTimeout: number, onClosed: OnIdleClosed<UndiciConnection>) {
    this.#client = new Client(address.origin, {
      connect: upstreamConnector(address.socketPath, connectTimeout, {
        onEnd: () => {
          this.#hasEnded = true;
          return this.requestIsOut;
        },
        onRefused: () => {
          this.wasRefused = true;
        },
      }),
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MOST_RESPONSE_HEAD,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', (_origin, _targets, error) => {
      const wasFaulty = !this.#hasEnded && systemCodeOf(error) === CLOSED_BY_UNDICI;
      onClosed(this, wasFaulty);
      this.answers = 0;
      this.#hasEnded = false;
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.requestIsOut = false;
    this.wasRefused = false;
    this.#client.dispatch(options, handler);
  }

  /** True until `close`, as undici opens a closed connection again by itself. */
  get isOpen(): boolean {
    return !this.#client.destroyed;
  }

  release(): void {
    this.idleSince = performance.now();
  }

  close(): void {
    void this.#client.destroy();
  }
}

/** The connections of the slow path to one upstream. */
export class UndiciPool extends ConnectionPool<UndiciConnection> {
  constructor(address: UpstreamAddress, connectTimeout: number) {
    super((onIdleClosed) => new UndiciConnection(address, connectTimeout, onIdleClosed));
  }
}
