/** The largest head, in bytes: 1 MiB of fields, as in Go, and a request line. */
export const MOST_HEAD = (1 << 20) + (64 << 10);

/** How many fields a head may have, as each takes about 400 bytes of memory, however short it is. */
const MOST_FIELDS = Math.floor((1 << 20) / 400);

const FIRST_CAPACITY = 4 << 10;

/** A head of at most so many bytes cannot have too many fields. */
const FEW = 4 << 10;

const END = Buffer.from('\r\n\r\n');
const LF = 10;
const CR = 13;

/**
 * The outcome of a read. `odd`: the bytes cannot be a head, and Node's parser has to say why. `end` is the end of the
 * head within `bytes`, which include the bytes of earlier reads.
 */
export type HeadOutcome =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly bytes: Buffer; readonly end: number }
  | { readonly kind: 'odd'; readonly bytes: Buffer }
  | { readonly kind: 'too large' };

const MORE: HeadOutcome = { kind: 'more' };
const TOO_LARGE: HeadOutcome = { kind: 'too large' };

/**
 * Collects the head of a request, so that Node's parser gets it in one piece. It searches each byte once, only for line
 * feeds: their number bounds the number of fields, and a blank line is the end.
 */
export class HeadReader {
  /** The bytes of a head that is not whole yet; empty if the whole head came at once. */
  #buffer = Buffer.alloc(0);
  #length = 0;
  #lines = 0;
  /** The offset at which the present line begins. */
  #lineStart = 0;

  /** Whether a head has begun and is not whole yet. */
  get hasBegun(): boolean {
    return this.#length > 0;
  }

  /** How many bytes of memory it holds. */
  get capacity(): number {
    return this.#buffer.length;
  }

  read(read: Buffer): HeadOutcome {
    const isFirst = this.#length === 0;
    if (isFirst && isOneHead(read)) return { kind: 'whole', bytes: read, end: read.length };
    const bytes = isFirst ? withoutBlankLines(read) : read;
    if (bytes.length === 0) return MORE;
    if (isFirst && !isUpperCase(bytes[0] ?? 0)) return { kind: 'odd', bytes };
    const all = isFirst ? bytes : this.#add(bytes);
    const outcome = this.#scan(all, isFirst ? 0 : this.#length - bytes.length);
    if (outcome.kind !== 'more') this.clear();
    else if (isFirst) this.#add(bytes);
    return outcome;
  }

  /** Discards the bytes so far. */
  clear(): void {
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    this.#lines = 0;
    this.#lineStart = 0;
  }

  #scan(bytes: Buffer, from: number): HeadOutcome {
    for (let feed = bytes.indexOf(LF, from); feed !== -1; feed = bytes.indexOf(LF, feed + 1)) {
      if (feed === 0 || bytes[feed - 1] !== CR) return { kind: 'odd', bytes };
      if (feed - this.#lineStart === 1) return { kind: 'whole', bytes, end: feed + 1 };
      this.#lineStart = feed + 1;
      this.#lines += 1;
      if (this.#lines > MOST_FIELDS + 1 || feed >= MOST_HEAD) return TOO_LARGE;
    }
    return bytes.length > MOST_HEAD ? TOO_LARGE : MORE;
  }

  /** @returns all bytes so far. They are copied, as the bytes of a read may be a small part of a large buffer. */
  #add(bytes: Buffer): Buffer {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, 2 * this.#buffer.length, length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = length;
    return this.#buffer.subarray(0, length);
  }
}

/** Whether the bytes are exactly one small head, as most clients send it. */
function isOneHead(bytes: Buffer): boolean {
  const { length } = bytes;
  return length <= FEW && isUpperCase(bytes[0] ?? 0) && bytes.indexOf(END) === length - 4 && length > 4;
}

/** Skips blank lines, which mean nothing between requests (RFC 9112, section 2.2). */
function withoutBlankLines(bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length && (bytes[at] === CR || bytes[at] === LF)) at += 1;
  return at === 0 ? bytes : bytes.subarray(at);
}

/** Whether a byte may begin a method. */
function isUpperCase(byte: number): boolean {
  return byte >= 65 && byte <= 90;
}
