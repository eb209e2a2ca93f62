import buildConnector from 'undici/lib/core/connect.js';
import type { buildConnector as BuildConnector } from 'undici';
import type { Socket } from 'node:net';

/** Milliseconds to connect to the function, which runs beside the watchdog. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes the connector of upstream connections.
 *
 * When the upstream closes a kept-alive connection just as a request goes out on it, what matters is whether it
 * has read the request. The kernel knows: bytes that reach a closed socket are answered with a reset, and from
 * then on a write to ours fails with EPIPE. So as soon as the end of the upstream is seen, one more line break is
 * written, which no server minds between requests: EPIPE means that the request was refused unread and can be
 * sent again, whatever its method. It is not done while a body is under way, of which it would be a part.
 * @param mayProbe whether the request on this connection is out in full
 */
export function upstreamConnector(
  socketPath: string | undefined,
  mayProbe: () => boolean,
): BuildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  return (options, callback) => {
    connect(options, (...result) => {
      const socket = result[1];
      if (socket) probeAtEnd(socket, mayProbe);
      callback(...result);
    });
  };
}

function probeAtEnd(socket: Socket, mayProbe: () => boolean): void {
  socket.prependListener('end', () => {
    if (mayProbe() && !socket.destroyed) socket.write('\r\n');
  });
}
