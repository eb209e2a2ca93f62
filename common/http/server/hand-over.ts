import type { Socket } from 'node:net';

/**
 * Lets something else serve a connection from bytes on that were read already.
 * @param serve begins to listen to the socket
 */
export function handOver(socket: Socket, bytes: Buffer, serve: () => void): void {
  if (!socket.readableEnded) {
    socket.unshift(bytes);
    serve();
    return;
  }
  serve(); // the client has ended its side, and nothing can be put back
  socket.emit('data', bytes);
  socket.emit('end');
}
