import type { Writable } from 'node:stream';
import { LineCutter, prefixed, type FunctionLineOptions } from '../../log/function-lines.ts';
import type { LogSink } from '../../log/sink.ts';

/**
 * Sends everything that the function writes to a stream of this process, also by console, to the log by whole lines,
 * like the output of a function's process. Bytes that are written to the file descriptor itself do not come here.
 * @returns ends the last line, if it has no end
 */
export function captureOutput(stream: Writable, to: LogSink, options: FunctionLineOptions): () => void {
  const lines = new LineCutter(options.longestLine);
  const emit = options.prefix ? prefixed(options.name, to) : (line: Buffer) => to.write(line);
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const [encoding] = rest;
    const callback = rest.find((argument) => typeof argument === 'function');
    lines.push(bytesOf(chunk, encoding), emit);
    to.flush(); // at once: the last words of a handler must be there even when it never yields again
    if (callback) process.nextTick(callback as () => void);
    return true;
  };
  return () => lines.end(emit);
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  }
  if (chunk instanceof Uint8Array) return Buffer.from(chunk); // a copy: the caller may use its bytes again
  throw new TypeError('a stream takes a string or bytes');
}
