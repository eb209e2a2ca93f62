import type { Socket } from 'node:net';
import type { ExchangeRequest, ExchangeResponse } from './message.ts';

/** When to check a client that has ended its side, in milliseconds after that. Later it is checked every LOOK_MS. */
const FIRST_LOOKS_MS = [100, 125];
const LOOK_MS = 500;

/** How many checks there are between two answers of `100 Continue`. */
const LOOKS_BETWEEN = 20;

/** The silence after which TCP itself checks whether the other side still exists, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * Watches a client that has ended its side of the connection, so that its request is served if it still reads, and
 * given up if it has gone. TCP shows the difference only when something is sent: a client that has closed its socket
 * answers with a reset. So after a tenth of a second without a response the client gets a `100 Continue`, which a
 * server may send at any time (RFC 9110, section 15.2), but not in HTTP/1.0, which has none. A client that ends its
 * side in the middle of a response counts as gone, unless more of the response follows at once.
 * @param hasBegun whether any byte of the response has been sent
 */
export function watchHalfClosed(
  socket: Socket,
  request: ExchangeRequest,
  response: ExchangeResponse,
  hasBegun: () => boolean,
): void {
  let looks = 0;
  let sent = socket.bytesWritten;
  let isProven = false;
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const look = (): void => {
    if (socket.destroyed) return;
    const now = socket.bytesWritten;
    if (now !== sent) isProven = true; // bytes were sent since, and the client has not answered with a reset
    sent = now;
    socket.write(NOTHING); // fails if a reset has come
    if (hasBegun()) {
      if (!isProven && looks >= FIRST_LOOKS_MS.length && socket.writableLength === 0) socket.destroy();
    } else if (looks % LOOKS_BETWEEN === 0 && request.httpVersion === '1.1') {
      socket.write(CONTINUE);
    }
    looks += 1;
  };
  const timers = FIRST_LOOKS_MS.map((ms) => setTimeout(look, ms));
  timers.push(setInterval(look, LOOK_MS));
  response.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
}
