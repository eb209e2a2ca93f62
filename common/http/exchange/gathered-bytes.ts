import { spend } from './spent-memory.ts';

/** Collects bytes in the order in which they come, until they are complete. */
export class GatheredBytes {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  /** @param read is called with a function that takes each chunk */
  static of(read: (take: (chunk: Buffer) => void) => void): GatheredBytes {
    const gathered = new GatheredBytes();
    read((chunk) => gathered.push(chunk));
    return gathered;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    spend(chunk.length);
  }

  /** @returns all bytes in one buffer */
  bytes(): Buffer {
    if (this.#chunks.length === 1 && this.#chunks[0]) return this.#chunks[0];
    spend(this.#length);
    return Buffer.concat(this.#chunks, this.#length);
  }
}
