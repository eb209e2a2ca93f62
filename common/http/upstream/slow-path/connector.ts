import type { buildConnector as BuildConnector } from 'undici';
import type { Socket } from 'node:net';
import { systemCodeOf } from '../../../errors.ts';
import { buildConnector } from './undici.ts';
import { outliveWriteErrors } from '../outlive-write-errors.ts';

/** How long a connection to the upstream may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Learns about requests that were refused. */
export interface RefusalProbe {
  /** Is called when the upstream has ended its side. @returns whether the request was sent completely */
  onEnd(): boolean;
  onRefused(): void;
}

/**
 * Makes undici's connector for upstream connections.
 *
 * When the upstream closes a kept-alive connection just as a request is sent, it matters whether it has read the
 * request. The kernel knows: a closed socket answers bytes with a reset, and after that a write to our socket fails
 * with EPIPE. So when the upstream has ended its side, this writes one more line break, which servers ignore between
 * requests. EPIPE means that the request was refused unread and can be sent again, whatever its method. While a body is
 * being sent this is not possible, as the line break would be a part of it.
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
    if (!probe.onEnd() || socket.destroyed) return;
    socket.write('\r\n', (error) => {
      if (error && systemCodeOf(error) === 'EPIPE') probe.onRefused();
    });
  });
}
