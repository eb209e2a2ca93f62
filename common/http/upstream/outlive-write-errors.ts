import type { Socket } from 'node:net';

/** How long to wait for an answer on a connection that accepts no more bytes, in milliseconds. */
const ANSWER_MS = 200;

type WriteMethod = (...args: unknown[]) => void;

/**
 * Delays the error of a failed write until the socket was read to its end. A server may answer before it has the whole
 * body, and close (413, 401). The write that fails then must not discard the answer, which has already come.
 */
export function outliveWriteErrors(socket: Socket): Socket {
  const methods = socket as unknown as Record<'_write' | '_writev', WriteMethod>;
  for (const name of ['_write', '_writev'] as const) {
    const write = methods[name];
    methods[name] = (...args) => {
      const done = args.pop() as (error?: Error | null) => void;
      write.call(socket, ...args, (error?: Error | null) => {
        if (!error || socket.readableEnded) return done(error);
        const give = (): void => {
          clearTimeout(timer);
          done(error);
        };
        const timer = setTimeout(give, ANSWER_MS);
        socket.once('end', give).once('close', give);
      });
    };
  }
  return socket;
}
