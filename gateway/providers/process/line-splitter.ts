import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** A line that is longer is handed over in pieces. */
const LONGEST_LINE = 1 << 20;

/** Calls back with each line of a stream, without its end; with what is left at the end of the stream too. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  const finish = (): void => {
    const line = parts.join('');
    parts = [];
    length = 0;
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  const take = (text: string): void => {
    parts.push(text);
    length += text.length;
  };
  stream.on('data', (bytes: Buffer) => {
    const pieces = decoder.write(bytes).split('\n');
    for (const [at, piece] of pieces.entries()) {
      take(piece);
      if (at < pieces.length - 1 || length > LONGEST_LINE) finish();
    }
  });
  stream.once('end', () => {
    take(decoder.end());
    if (length > 0) finish();
  });
}
