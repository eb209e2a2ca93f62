import type { Socket } from 'node:net';

/** How long a client may go on sending before the connection is closed, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Makes the close of a connection wait for a client that is still sending. After the response and the end of our side,
 * bytes from the client are discarded until it has closed or a second has passed. A connection that is closed with
 * unread bytes is reset, and the client may lose the response by the reset (RFC 9112, section 9.6).
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
