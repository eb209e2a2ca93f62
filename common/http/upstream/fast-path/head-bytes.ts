import { MOST_RESPONSE_HEAD } from '../headers.ts';

/** How many bytes of line breaks may precede a response, as some servers send them after the one before. */
const MOST_BLANK = 64;

const BEGINNING = Buffer.from('HTTP/1.');
const END_OF_HEAD = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const LF = 10;
const CR = 13;

/**
 * Offsets in the bytes: the end of the head's text with its last line break, and the end of the empty line after it.
 */
interface HeadEnd {
  readonly text: number;
  readonly head: number;
}

/** Collects the bytes of a response until its head is whole. */
export class HeadBytes {
  #held: Buffer = NOTHING;
  #length = 0;
  /** How many bytes were searched for the end without success. */
  #searched = 0;
  #blank = 0;

  /** Whether any byte has come. */
  get hasBegun(): boolean {
    return this.#length > 0;
  }

  /**
   * Adds bytes. Line breaks before the response are skipped.
   * @returns the response from its start: the bytes themselves, or a copy if some came before; undefined before it has
   * begun
   * @throws Error where they are not a response, or its head is too large
   */
  push(bytes: Buffer): Buffer | undefined {
    const start = this.#length === 0 ? this.#skipBlank(bytes) : 0;
    const added = start === 0 ? bytes : bytes.subarray(start);
    if (added.length === 0) return undefined;
    const all = this.#length === 0 ? added : this.#append(added);
    if (!isBeginning(all)) throw new Error('the response does not begin by HTTP/1.');
    return all;
  }

  /**
   * Searches the bytes that `push` returned for the end of the head. Without it, the bytes are kept.
   * @returns undefined where the end has not come yet
   */
  findEnd(all: Buffer): HeadEnd | undefined {
    const end = firstBlankLine(all, Math.max(0, this.#searched - END_OF_HEAD.length));
    if (!end || end.head > MOST_RESPONSE_HEAD) {
      if (all.length > MOST_RESPONSE_HEAD) throw new Error('the head of the response is larger than 1 MiB');
      if (this.#length === 0) this.#append(all);
      this.#searched = all.length;
    }
    return end;
  }

  /** Starts again, for the response that follows an informational one. */
  clear(): void {
    this.#held = NOTHING;
    this.#length = 0;
    this.#searched = 0;
  }

  #skipBlank(bytes: Buffer): number {
    let at = 0;
    while (bytes[at] === CR || bytes[at] === LF) at += 1;
    this.#blank += at;
    if (this.#blank > MOST_BLANK) throw new Error('blank lines come in the place of a response');
    return at;
  }

  /** Adds to the kept bytes. The buffer grows by doubling, as a head may come byte by byte. */
  #append(bytes: Buffer): Buffer {
    const length = this.#length + bytes.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(1024, 2 * length));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length);
    this.#length = length;
    return this.#held.subarray(0, length);
  }
}

function isBeginning(all: Buffer): boolean {
  const length = Math.min(all.length, BEGINNING.length);
  return all.compare(BEGINNING, 0, length, 0, length) === 0;
}

/**
 * Finds the first empty line. Lines end by CRLF, or by LF alone, as shell scripts write them.
 */
function firstBlankLine(all: Buffer, from: number): HeadEnd | undefined {
  for (let at = all.indexOf(LF, from); at !== -1; at = all.indexOf(LF, at + 1)) {
    if (all[at + 1] === LF) return { text: at + 1, head: at + 2 };
    if (all[at + 1] === CR && all[at + 2] === LF) return { text: at + 1, head: at + 3 };
  }
  return undefined;
}
