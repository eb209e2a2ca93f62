import type { buildConnector as BuildConnector } from 'undici';
import type { Socket } from 'node:net';
import { systemCodeOf } from '../../../errors.ts';
import { buildConnector } from './undici.ts';
import { outliveWriteErrors } from '../outlive-write-errors.ts';

/** Wants to know about requests that were refused. */
export interface RefusalProbe {
  /** The upstream has ended its side. @returns whether the request on this connection is out in full */
  onEnd(): boolean;
  onRefused(): void;
}

/**
 * Makes the connector of upstream connections.
 * @param timeout milliseconds in which the upstream has to take a connection
 *
 * When the upstream closes a kept-alive connection just as a request goes out on it, the question is whether it has
 * read the request. The kernel knows: a closed socket answers bytes with a reset, and from then on a write to ours
 * fails with EPIPE. So as soon as the upstream's end is seen, this writes one more line break, which no server minds
 * between requests. EPIPE means that the request was refused unread and can be sent again, whatever its method. It is
 * not done while a body is under way, as the line break would be a part of that.
 */
export function upstreamConnector(
  socketPath: string | undefined,
  timeout: number,
  probe: RefusalProbe,
): BuildConnector.connector {
  const connect = buildConnector({
    timeout,
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
    if (!probe.onEnd() || socket.destroyed) return;
    socket.write('\r\n', (error) => {
      if (error && systemCodeOf(error) === 'EPIPE') probe.onRefused();
    });
  });
}
