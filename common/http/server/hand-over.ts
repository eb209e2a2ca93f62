import type { Socket } from 'node:net';

/**
 * Passes a connection on to another reader, together with bytes that were already read.
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
