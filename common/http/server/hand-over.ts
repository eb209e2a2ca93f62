import type { Socket } from 'node:net';

/**
 * Lets another reader go on with a connection, beginning with bytes that were read already.
 * @param serve begins to listen to the socket
 */
export function handOver(socket: Socket, bytes: Buffer, serve: () => void): void {
  if (!socket.readableEnded) {
    socket.unshift(bytes);
    serve();
    return;
  }
  serve(); // the client has ended its side, so nothing can be put back
  socket.emit('data', bytes);
  socket.emit('end');
}
