import type { Writable } from 'node:stream';

/** Bytes that may wait for a stalled reader of the log. Later lines are dropped and counted. */
const MOST_WAITING = 8 << 20;

/** Bytes that are gathered for one write, and for how many milliseconds. */
const MOST_GATHERED = 64 << 10;
const GATHERING_MS = 10;

/**
 * Writes log lines to stdout or stderr of the watchdog. It never blocks and never grows without bound. A line goes out
 * at once, and the lines of the next 10 ms go out together, as a write for each was a sixth of the CPU of a request.
 * When more than 8 MiB wait for a stalled reader, whole lines are dropped, and their number is logged as soon as the
 * reader is back.
 */
export class LogSink {
  readonly #stream: Writable;
  /** The stream's own method. In inproc mode the function's writes do not go through it. */
  readonly #write: Writable['write'];
  readonly #reportDrop: (lines: number) => string;
  #gathered: Buffer[] = [];
  /** The last of the gathered lines, as text: one conversion for many lines. */
  #text = '';
  #gatheredBytes = 0;
  #isScheduled = false;
  #flushedAt = 0;
  #dropped = 0;
  #gone = false;

  /**
   * @param stream a stream that does not block
   * @param reportDrop makes the line that tells how many were dropped
   */
  constructor(stream: Writable, reportDrop: (lines: number) => string) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream);
    this.#reportDrop = reportDrop;
    stream.on('error', () => {
      this.#gone = true; // nobody reads the log any more, and serving goes on without it
    });
    stream.on('drain', () => this.#tellDropped());
  }

  /** Takes whole lines, each with its newline. */
  write(lines: string | Buffer): void {
    if (this.#gone) return;
    if (this.#stream.writableLength + this.#gatheredBytes > MOST_WAITING) {
      this.#dropped += typeof lines === 'string' ? lines.split('\n').length - 1 : countLines(lines);
      return;
    }
    if (typeof lines === 'string') {
      this.#text += lines;
    } else {
      this.#gatherText();
      this.#gathered.push(lines);
    }
    this.#gatheredBytes += lines.length;
    if (this.#gatheredBytes >= MOST_GATHERED) {
      this.flush();
    } else if (!this.#isScheduled) {
      this.#schedule();
    }
  }

  #schedule(): void {
    this.#isScheduled = true;
    const flush = (): void => {
      this.#isScheduled = false;
      this.flush();
    };
    if (performance.now() - this.#flushedAt > GATHERING_MS) setImmediate(flush);
    else setTimeout(flush, GATHERING_MS);
  }

  /** Hands the gathered lines to the stream. */
  flush(): void {
    if (this.#gatheredBytes === 0 || this.#gone) return;
    this.#gatherText();
    const bytes = this.#gathered.length === 1 ? this.#gathered[0] : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#flushedAt = performance.now();
    this.#write(bytes);
  }

  #gatherText(): void {
    if (this.#text === '') return;
    this.#gathered.push(Buffer.from(this.#text));
    this.#text = '';
  }

  /** Resolves once everything is written, or after `deadlineMs` where the reader does not take it. */
  async drained(deadlineMs: number): Promise<void> {
    this.flush();
    if (this.#stream.writableLength === 0 || this.#gone) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      this.#write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const line = this.#reportDrop(this.#dropped);
    this.#dropped = 0;
    this.write(line);
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
