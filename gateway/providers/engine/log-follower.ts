import { LineSplitter } from '../instances/line-splitter.ts';
import type { EngineClient } from './client/engine-client.ts';
import { outputFrames } from './client/output-frames.ts';

/** A line that was read before, and the time when it came, in milliseconds since 1970. */
export interface KnownLine {
  readonly time: number;
  readonly text: string;
}

/** How many lines are remembered, so that those that the engine sends again are recognised. */
const MOST_KNOWN = 20_000;
/** How far before the last line a stream is opened again, in milliseconds, as engines take whole seconds. */
const OVERLAP_MS = 2000;

/** Reads each line that a container writes exactly once, however often the stream breaks off. */
export class LogFollower {
  readonly #container: string;
  readonly #onLine: (line: string) => void;
  #known: KnownLine[];

  /** @param known lines of the container that were read before, oldest first */
  constructor(container: string, known: readonly KnownLine[], onLine: (line: string) => void) {
    this.#container = container;
    this.#onLine = onLine;
    this.#known = known.slice(-MOST_KNOWN);
  }

  /** Reads until the stream ends, which it does when the container ends. */
  async follow(client: EngineClient, signal: AbortSignal): Promise<void> {
    const last = this.#known.at(-1)?.time;
    const since = last === undefined ? 0 : Math.floor((last - OVERLAP_MS) / 1000);
    const again = countTexts(this.#known.filter(({ time }) => time >= since * 1000));
    const take = (text: string): void => {
      const left = again.get(text) ?? 0;
      if (left > 0) return void again.set(text, left - 1);
      this.#remember(text);
      this.#onLine(text);
    };
    const splitters = { stdout: new LineSplitter(take), stderr: new LineSplitter(take) };
    const query = { follow: 'true', stdout: 'true', stderr: 'true', since: String(since) };
    const path = `/containers/${this.#container}/logs`;
    // no timeout, as Podman sends the head of its answer only with the first line
    const body = await client.open('GET', path, { query, signal, timeout: 0 });
    for await (const { from, bytes } of outputFrames(body as AsyncIterable<Buffer>))
      splitters[from].push(bytes);
    splitters.stdout.end();
    splitters.stderr.end();
  }

  #remember(text: string): void {
    const time = Date.now();
    const oldest = this.#known[0]?.time ?? time;
    if (oldest < time - 10 * OVERLAP_MS || this.#known.length > MOST_KNOWN)
      this.#known = this.#known.filter((line) => line.time >= time - 2 * OVERLAP_MS).slice(-MOST_KNOWN / 2);
    this.#known.push({ time, text });
  }
}

function countTexts(lines: readonly KnownLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of lines) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
