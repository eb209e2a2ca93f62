import type { Readable } from 'node:stream';
import type { LogSink } from './sink.ts';
import { logTimestamp } from '../../common/log/timestamp.ts';

const NEWLINE = 10;

export interface FunctionLineOptions {
  /** The stream's name, which the prefix shows. */
  readonly name: 'stdout' | 'stderr';
  readonly prefix: boolean;
  /** Bytes from which a line is cut into pieces, or -1 for never. */
  readonly longestLine: number;
}

/**
 * Passes the function's output on to the log by whole lines, so that the lines of several writers do not mix. The bytes
 * of a line stay as they are. A line over the limit is cut between two characters into several lines, and a last line
 * without a newline gets one.
 */
export function copyLines(from: Readable, to: LogSink, options: FunctionLineOptions): void {
  const lines = new LineCopier(to, options);
  from.on('data', (chunk: Buffer) => lines.push(chunk));
  from.on('error', () => undefined); // the process is gone; its exit is reported where it is waited for
  from.on('end', () => lines.end());
  from.on('close', () => lines.end()); // a stream that a child in the background holds open closes without an end
}

/** Does the same as `copyLines` for a caller that has the bytes already. */
export class LineCopier {
  readonly #lines: LineCutter;
  readonly #emit: (lines: Buffer) => void;

  constructor(to: LogSink, options: FunctionLineOptions) {
    this.#lines = new LineCutter(options.longestLine);
    this.#emit = options.prefix ? prefixed(options.name, to) : (line) => to.write(line);
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk, this.#emit);
  }

  /** Emits the rest, which has no newline. */
  end(): void {
    this.#lines.end(this.#emit);
  }
}

/** Puts date, time and the stream's name in front of each of the lines that it takes. */
export function prefixed(name: string, to: LogSink): (lines: Buffer) => void {
  return (lines) => {
    const prefix = Buffer.from(`${logTimestamp()} ${name}: `);
    const parts: Buffer[] = [];
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      parts.push(prefix, lines.subarray(start, end));
      start = end;
    }
    to.write(Buffer.concat(parts));
  };
}

/** Gathers bytes into whole lines. */
export class LineCutter {
  readonly #longest: number;
  #partial: Buffer[] = [];
  #partialBytes = 0;

  /** @param longest bytes from which a line is cut, or -1 for never */
  constructor(longest: number) {
    this.#longest = longest === -1 ? Number.POSITIVE_INFINITY : longest;
  }

  /** Takes a chunk, and emits the lines that it completes, each with its newline. */
  push(chunk: Buffer, emit: (lines: Buffer) => void): void {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      this.#emitLines(this.#join(chunk.subarray(0, end)), emit);
      this.#partial = [];
      this.#partialBytes = 0;
    }
    if (end < chunk.length) {
      this.#partial.push(chunk.subarray(end));
      this.#partialBytes += chunk.length - end;
    }
    if (this.#partialBytes > this.#longest) {
      const rest = this.#cut(this.#join(), emit);
      this.#partial = [rest];
      this.#partialBytes = rest.length;
    }
  }

  /** Emits the rest. */
  end(emit: (lines: Buffer) => void): void {
    if (this.#partialBytes === 0) return;
    emit(withNewline(this.#join()));
    this.#partial = [];
    this.#partialBytes = 0;
  }

  #join(last?: Buffer): Buffer {
    const parts = last ? [...this.#partial, last] : this.#partial;
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  #emitLines(lines: Buffer, emit: (lines: Buffer) => void): void {
    if (lines.length - 1 <= this.#longest) return emit(lines);
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      emit(withNewline(this.#cut(lines.subarray(start, end - 1), emit)));
      start = end;
    }
  }

  /** Emits pieces of a line until the rest is short enough. Returns the rest. */
  #cut(line: Buffer, emit: (lines: Buffer) => void): Buffer {
    let rest = line;
    while (rest.length > this.#longest) {
      const at = characterBoundary(rest, this.#longest);
      emit(withNewline(rest.subarray(0, at)));
      rest = rest.subarray(at);
    }
    return rest;
  }
}

function withNewline(line: Buffer): Buffer {
  return Buffer.concat([line, Buffer.of(NEWLINE)]);
}

/** The last place at or before `at` that does not split a character of UTF-8. */
function characterBoundary(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4 && at - back > 0; back += 1) {
    if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back;
  }
  return at;
}
