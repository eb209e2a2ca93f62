import type { CallContent } from './async-call.ts';

/** Keeps the contents that were written last in memory: most calls are made so soon that the disk need not be read. */
export class RecentContents {
  readonly #mostBytes: number;
  /** The oldest first. */
  readonly #contents = new Map<string, CallContent>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(id: string): CallContent | undefined {
    return this.#contents.get(id);
  }

  /** Keeps a content, and drops the oldest ones where there is no room for it. */
  set(id: string, content: CallContent): void {
    this.delete(id);
    this.#contents.set(id, content);
    this.#bytes += bytesOf(content);
    for (const oldest of this.#contents.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    const content = this.#contents.get(id);
    if (!content || !this.#contents.delete(id)) return;
    this.#bytes -= bytesOf(content);
  }
}

/** @returns an estimate of the memory that a content takes, in bytes */
function bytesOf({ body, headers, target }: CallContent): number {
  return 1024 + body.length + target.length + headers.reduce((sum, text) => sum + text.length, 0);
}
