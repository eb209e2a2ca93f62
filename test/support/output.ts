import type { Readable } from 'node:stream';
import { within } from './wait.ts';

/** The output of a process, as it comes. */
export class Output {
  readonly #stream: Readable;
  readonly #watchers = new Set<() => void>();
  readonly #chunks: Buffer[] = [];
  #joined = '';
  #bytes = 0;

  /** Settles at the end of the output. */
  readonly ended: Promise<void>;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.ended = new Promise((resolve) => stream.once('close', resolve));
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      for (const schedule of this.#watchers) schedule();
    });
    stream.on('error', () => undefined);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get text(): string {
    if (this.#chunks.length > 0) this.#joined += Buffer.concat(this.#chunks.splice(0)).toString();
    return this.#joined;
  }

  /** The whole lines so far. */
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  /** Calls back with each chunk from now on. */
  onChunk(take: (chunk: Buffer) => void): void {
    this.#stream.on('data', take);
  }

  /** Waits until the text matches. */
  async waitFor(pattern: RegExp, ms?: number): Promise<RegExpExecArray> {
    const matched = new Promise<RegExpExecArray>((resolve) => {
      let isScheduled = false;
      const check = (): void => {
        isScheduled = false;
        const match = pattern.exec(this.text);
        if (!match) return;
        this.#watchers.delete(schedule);
        resolve(match);
      };
      // once for all the chunks of a turn, as a flood takes long to search
      const schedule = (): void => {
        if (!isScheduled) setImmediate(check);
        isScheduled = true;
      };
      this.#watchers.add(schedule);
      check();
    });
    try {
      return await within(matched, `${pattern} in the output`, ms);
    } catch (error) {
      throw new Error(`${(error as Error).message}; it is:\n${this.text.slice(-2000)}`, { cause: error });
    }
  }

  /** Stops reading, so that the writer's pipe fills up. */
  stall(): void {
    this.#stream.pause();
  }

  readOn(): void {
    this.#stream.resume();
  }

  /** Closes the reading end, so that the writer meets a broken pipe. */
  close(): void {
    this.#stream.destroy();
  }
}
