import type { Socket } from 'node:net';

/** How long to wait for an answer on a connection that accepts no more bytes, in milliseconds. */
const ANSWER_MS = 200;

type Done = (error?: Error | null) => void;

/** The methods by which a stream gives a socket its bytes. It makes a call only when the last one is done. */
interface Writing {
  _write(chunk: unknown, encoding: string, done: Done): void;
  _writev(chunks: unknown, done: Done): void;
}

/**
 * Delays the error of a failed write until the socket was read to its end. A server may answer before it has the whole
 * body, and close (413, 401). The write that fails then must not discard the answer, which has already come.
 */
export function outliveWriteErrors(socket: Socket): Socket {
  const writing = socket as unknown as Writing;
  const { _write: write, _writev: writeAll } = writing;
  let done: Done;
  const onWritten: Done = (error) => {
    if (!error || socket.readableEnded) return done(error);
    const give = (): void => {
      clearTimeout(timer);
      done(error);
    };
    const timer = setTimeout(give, ANSWER_MS);
    socket.once('end', give).once('close', give);
  };
  writing._write = (chunk, encoding, next) => {
    done = next;
    write.call(socket, chunk, encoding, onWritten);
  };
  writing._writev = (chunks, next) => {
    done = next;
    writeAll.call(socket, chunks, onWritten);
  };
  return socket;
}
