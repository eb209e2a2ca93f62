import buildConnector from 'undici/lib/core/connect.js';
import type { buildConnector as BuildConnector } from 'undici';
import type { Socket } from 'node:net';
import { systemCodeOf } from '../errors.ts';

/** Milliseconds to connect to the function, which runs beside the watchdog. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long an answer may take to be read from a connection that takes no more, in milliseconds. */
const ANSWER_MS = 200;

/** Who wants to know of requests that were refused. */
export interface RefusalProbe {
  /** Whether the request on this connection is out in full. */
  mayProbe(): boolean;
  onRefused(): void;
}

/**
 * Makes the connector of upstream connections.
 *
 * When the upstream closes a kept-alive connection just as a request goes out on it, what matters is whether it
 * has read the request. The kernel knows: bytes that reach a closed socket are answered with a reset, and from
 * then on a write to ours fails with EPIPE. So as soon as the end of the upstream is seen, one more line break is
 * written, which no server minds between requests: EPIPE means that the request was refused unread and can be
 * sent again, whatever its method. It is not done while a body is under way, of which it would be a part.
 */
export function upstreamConnector(
  socketPath: string | undefined,
  probe: RefusalProbe,
): BuildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  return (options, callback) => {
    connect(options, (...result) => {
      const socket = result[1];
      if (socket) probeAtEnd(outliveWriteErrors(socket), probe);
      callback(...result);
    });
  };
}

function probeAtEnd(socket: Socket, probe: RefusalProbe): void {
  socket.prependListener('end', () => {
    if (!probe.mayProbe() || socket.destroyed) return;
    socket.write('\r\n', (error) => {
      if (error && systemCodeOf(error) === 'EPIPE') probe.onRefused();
    });
  });
}

type WriteMethod = (...args: unknown[]) => void;

/**
 * Keeps a socket that cannot be written to any more until it is read. A server may answer before it has the whole
 * body, and close (413, 401): the write that fails then must not throw away the answer that is there already.
 */
export function outliveWriteErrors(socket: Socket): Socket {
  const methods = socket as unknown as Record<'_write' | '_writev', WriteMethod>;
  for (const name of ['_write', '_writev'] as const) {
    const write = methods[name];
    methods[name] = (...args) => {
      const done = args.pop() as (error?: Error | null) => void;
      write.call(socket, ...args, (error?: Error | null) => {
        if (!error || socket.readableEnded) return done(error);
        const give = (): void => {
          clearTimeout(timer);
          done(error);
        };
        const timer = setTimeout(give, ANSWER_MS);
        socket.once('end', give).once('close', give);
      });
    };
  }
  return socket;
}
