import type { Socket } from 'node:net';
import type { ExchangeRequest, ExchangeResponse } from './message.ts';

/** When to check a client that has ended its side, in milliseconds after that. Later it is checked every LOOK_MS. */
const FIRST_LOOKS_MS = [100, 125];
const LOOK_MS = 500;

/** How many checks there are from one `100 Continue`, or one zero, to the next. */
const LOOKS_BETWEEN = 20;

/** The silence after which TCP itself checks whether the other side still exists, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** How long after its request a client may end its side and be taken for one that still reads, in milliseconds. */
const BEHIND_REQUEST_MS = 250;

/** How many zeros may stand before the size of a chunk: readers of chunks take sizes of 16 digits and more. */
const MOST_ZEROS = 6;

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const ZERO = '0';
const NOTHING = Buffer.alloc(0);

/**
 * Watches a client that has ended its side of the connection, so that its request is served if it still reads, and
 * given up if it has gone. TCP shows the difference only when something is sent: a client that has closed its socket
 * answers with a reset. So when nothing of the response was sent for a tenth of a second, the client gets bytes without
 * a meaning: before the response a `100 Continue`, which a server may send at any time (RFC 9110, section 15.2), and
 * between the chunks of a response a zero, as the size of the next chunk may have zeros before it (RFC 9112, section
 * 7.1). Neither can be sent in HTTP/1.0, nor within a body with a length. There, a client that ends its side in the
 * middle of a response counts as gone, unless it did so right after its request, or more of the response follows at
 * once.
 * @param hasBegun whether any byte of the response has been sent
 * @param sinceRequest milliseconds since the request was whole
 */
export function watchHalfClosed(
  socket: Socket,
  request: ExchangeRequest,
  response: ExchangeResponse,
  hasBegun: () => boolean,
  sinceRequest: number,
): void {
  let looks = 0;
  let zeros = 0;
  let sent = socket.bytesWritten;
  let isProven = sinceRequest < BEHIND_REQUEST_MS;
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const look = (): void => {
    if (socket.destroyed) return;
    const hasSent = socket.bytesWritten !== sent;
    if (hasSent) isProven = true; // bytes were sent since, and the client has not answered with a reset
    socket.write(NOTHING); // fails if a reset has come
    const isDue = looks % LOOKS_BETWEEN === 0;
    if (!hasBegun()) {
      if (isDue && request.httpVersion === '1.1') socket.write(CONTINUE);
    } else if (!response.chunkedEncoding) {
      const isSilent = looks >= FIRST_LOOKS_MS.length && socket.writableLength === 0;
      if (!isProven && isSilent) socket.resetAndDestroy(); // not closed: the end would look like that of the body
    } else if (hasSent) {
      zeros = 0;
    } else if (isDue && zeros < MOST_ZEROS && socket.writableLength === 0) {
      socket.write(ZERO);
      zeros += 1;
    }
    sent = socket.bytesWritten;
    looks += 1;
  };
  const timers = FIRST_LOOKS_MS.map((ms) => setTimeout(look, ms));
  timers.push(setInterval(look, LOOK_MS));
  response.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
}
