import type { Socket } from 'node:net';

/**
 * Makes the next write to a socket, which is a head, Latin-1. Node and http-proxy write their heads in one piece, and
 * Node writes one without a body as UTF-8.
 * @param replacement the real head, where theirs may differ: they join fields, change their order and number, write
 * names in lower case, and merge slashes
 */
export function writeNextHead(socket: Socket, replacement?: string): void {
  const { write } = socket;
  socket.write = (head: string, ...rest: unknown[]): boolean => {
    socket.write = write;
    const onWritten = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
    return socket.write(replacement ?? head, 'latin1', onWritten);
  };
}
