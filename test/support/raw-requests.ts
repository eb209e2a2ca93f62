import type net from 'node:net';

/** Reads requests with a Content-Length, or without a body, from a socket, and passes on the request line of each. */
export function onRequest(socket: net.Socket, handle: (line: string) => void): void {
  let buffered = '';
  socket.on('data', (bytes: Buffer) => {
    buffered += bytes.toString('latin1');
    for (;;) {
      buffered = buffered.replace(/^(\r\n)+/, ''); // between requests these mean nothing (RFC 9112, section 2.2)
      const end = buffered.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/^content-length: (\d+)/im.exec(buffered.slice(0, end))?.[1] ?? 0);
      if (buffered.length < end + 4 + length) return;
      const line = buffered.slice(0, buffered.indexOf('\r\n'));
      buffered = buffered.slice(end + 4 + length);
      handle(line);
    }
  });
}

/** Counts how often each line comes. */
export function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
