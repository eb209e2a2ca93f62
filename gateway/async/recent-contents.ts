import type { CallContent } from './async-call.ts';

/** Contents that were written lately: most calls are made so soon that nothing has to be read for them. */
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

  /** Keeps it, in the place of the oldest ones where it has no room beside them. */
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

/** What it holds of memory, with what each one costs beside its body. */
function bytesOf({ body, headers, target }: CallContent): number {
  return 1024 + body.length + target.length + headers.reduce((sum, text) => sum + text.length, 0);
}
