import type { Socket } from 'node:net';

/** How long a client may go on sending before the connection is closed on it, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Makes the close of a connection wait for a client that is still sending. The response goes out, then the end; later
 * bytes are thrown away until the client has closed or a second has passed. A connection that is closed with unread
 * bytes is reset, and a reset can overtake the response (RFC 9112, section 9.6).
 */
export function lingerOnClose(socket: Socket): void {
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (socket.readableEnded) return destroySoon(); // nothing more can come
    if (socket.writableEnded || socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
    socket.once('end', () => socket.destroy());
    socket.end();
    socket.resume();
  };
}
