import { appendFile, mkdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../common/errors.ts';

/**
 * The origin of a line: the function; its watchdog, about a request (`request`), about a problem (`warning`) or about
 * anything else (`watchdog`); or the gateway, about an instance.
 */
export type LineKind = 'function' | 'request' | 'warning' | 'watchdog' | 'gateway';

/** One kept line of an instance. */
export interface KeptLine {
  /** Milliseconds since 1970, with a fraction, so that each line has a later time than the one before. */
  readonly time: number;
  readonly instance: string;
  readonly text: string;
  /** Missing for the function's own lines. */
  readonly kind?: LineKind;
}

/** Gets lines as they come. */
export interface Follower {
  onLine(line: KeptLine): void;
  /** Tells that no more lines come, as the function was removed. */
  onEnd(): void;
}

/** The size at which a segment ends and a new one begins, in bytes. Each function has up to two on the disk. */
const SEGMENT_BYTES = 4 << 20;
/** How much text may wait for the disk, in characters. More lines are dropped and counted. */
const MOST_PENDING = 4 << 20;
/** Longer lines are kept in pieces. In characters. */
const LONGEST_LINE = 1 << 20;
/** How long lines are collected before they are written, in milliseconds. */
const GATHER_MS = 50;

const NEW = 'new.log';
const OLD = 'old.log';

/**
 * Keeps the last lines of a function's instances on the disk, in two segments that take turns, so that they outlive
 * instances and restarts of the gateway.
 */
export class LogRing {
  readonly #folder: string;
  readonly #followers = new Set<Follower>();
  #pending: string[] = [];
  #pendingBytes = 0;
  #dropped = 0;
  #isRemoved = false;
  #latest = 0;
  #size: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(instance: string, text: string, kind: LineKind = 'function'): void {
    if (this.#isRemoved) return;
    const who = { instance, ...(kind !== 'function' && { kind }) };
    for (let at = 0; at === 0 || at < text.length; at += LONGEST_LINE)
      this.#keep({ time: this.#now(), ...who, text: text.slice(at, at + LONGEST_LINE) });
  }

  /** @returns the kept lines, the oldest first */
  async read(): Promise<KeptLine[]> {
    await this.flush();
    const texts = await Promise.all([OLD, NEW].map((name) => this.#readSegment(name)));
    return texts.join('').split('\n').flatMap(parseLine);
  }

  /** Passes each line from now on to a follower. @returns a function that ends this */
  follow(follower: Follower): () => void {
    if (this.#isRemoved) follower.onEnd();
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Writes the waiting lines. Lines that the disk does not take are lost, as a full disk must not stop a function. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Removes all lines. New ones are ignored from now on. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    this.#pending = [];
    for (const follower of this.#followers) follower.onEnd();
    await this.flush();
    await rm(this.#folder, { recursive: true, force: true });
    await rmdir(dirname(this.#folder)).catch(() => undefined); // unless the namespace has other functions
    this.#size = undefined;
  }

  #now(): number {
    this.#latest = Math.max(Date.now(), this.#latest + 0.001);
    return this.#latest;
  }

  #keep(line: KeptLine): void {
    for (const follower of this.#followers) follower.onLine(line);
    const text = `${JSON.stringify(line)}\n`;
    if (this.#pendingBytes + text.length > MOST_PENDING) {
      this.#dropped += 1;
      return;
    }
    this.#pending.push(text);
    this.#pendingBytes += text.length;
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  async #write(): Promise<void> {
    if (this.#pending.length === 0) return;
    if (this.#dropped > 0) {
      const text = `${this.#dropped} lines were dropped: the disk was too slow for them`;
      this.#pending.push(`${JSON.stringify({ time: this.#now(), instance: 'of-gateway', text })}\n`);
      this.#dropped = 0;
    }
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      this.#size ??= await sizeOf(join(this.#folder, NEW));
      if (this.#size > SEGMENT_BYTES) {
        await rename(join(this.#folder, NEW), join(this.#folder, OLD));
        this.#size = 0;
      }
      await appendFile(join(this.#folder, NEW), text, { mode: 0o600 });
      this.#size += Buffer.byteLength(text);
    } catch {
      this.#size = undefined;
    }
  }

  async #readSegment(name: string): Promise<string> {
    return readFile(join(this.#folder, name), 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return '';
      throw error;
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Reads one line, and skips it if a crash of the system has cut it off. */
function parseLine(text: string): KeptLine[] {
  if (text === '') return [];
  try {
    return [JSON.parse(text) as KeptLine];
  } catch {
    return [];
  }
}
