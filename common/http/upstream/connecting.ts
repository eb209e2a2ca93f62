import net from 'node:net';
import { outliveWriteErrors } from './outlive-write-errors.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/**
 * Finds another upstream for a request that has not reached any.
 * @param error says why the last upstream took no connection
 * @throws HttpError where there is no other
 */
export type Elsewhere<T> = (error: Error) => Promise<T>;

type ConnectOptions = Pick<net.TcpNetConnectOpts, 'allowHalfOpen' | 'noDelay' | 'onread'>;

/** The attempts to connect to one upstream. Each has a deadline, and none outlives the upstream. */
export class Connecting {
  readonly #target: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly timeoutMs: number;
  readonly #attempts = new Set<net.Socket>();

  constructor({ host, port, socketPath }: UpstreamAddress, timeoutMs: number) {
    this.#target = socketPath === undefined ? { host, port } : { path: socketPath };
    this.timeoutMs = timeoutMs;
  }

  /** Begins a connection, which can be written to already. It ends with ETIMEDOUT where it is not taken in time. */
  begin(options: ConnectOptions = {}): net.Socket {
    const socket = outliveWriteErrors(
      net.connect({ ...this.#target, autoSelectFamily: true, ...options } as net.NetConnectOpts),
    );
    this.#attempts.add(socket);
    socket.setTimeout(this.timeoutMs, () =>
      socket.destroy(failure('ETIMEDOUT', 'the function does not take the connection')),
    );
    socket.once('connect', () => {
      socket.setTimeout(0);
      this.#attempts.delete(socket);
    });
    socket.once('close', () => this.#attempts.delete(socket));
    return socket;
  }

  /**
   * Makes a connection.
   * @throws the system's error, ETIMEDOUT, or the signal's reason
   */
  open(signal: AbortSignal): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const socket = this.begin();
      const onAbort = (): void => void socket.destroy(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.once('error', reject);
      socket.once('close', () => signal.removeEventListener('abort', onAbort));
      socket.once('connect', () => {
        signal.removeEventListener('abort', onAbort);
        socket.off('error', reject);
        resolve(socket);
      });
    });
  }

  /** Ends the attempts under way, as the upstream is gone and cannot take a connection. */
  giveUp(): void {
    for (const socket of this.#attempts) socket.destroy(failure('ECONNREFUSED', 'it has ended'));
  }
}

/** Makes a connection to an upstream, or to another where that takes none. */
export async function connectSomewhere(
  first: Connecting,
  elsewhere: Elsewhere<Connecting> | undefined,
  signal: AbortSignal,
): Promise<net.Socket> {
  let at = first;
  for (;;) {
    try {
      return await at.open(signal);
    } catch (thrown) {
      if (!elsewhere || signal.aborted) throw thrown;
      at = await elsewhere(thrown as Error);
    }
  }
}

function failure(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}
