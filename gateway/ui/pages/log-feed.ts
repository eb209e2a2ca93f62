import { ApiError, call } from '../api/client.ts';
import { textOf } from '../api/server-events.ts';
import type { LogLine } from '../api/types.ts';
import { createStore } from '../live/store.ts';
import { withoutAnsi } from '../parts/ansi.ts';

/** A line of a log, with the additions of the page. */
export interface FedLine extends LogLine {
  readonly id: number;
  /** The text without colours and other control sequences. */
  readonly plain: string;
}

interface Shown {
  readonly lines: readonly FedLine[];
  readonly isPaused: boolean;
  /** How many lines came during a pause and wait to be shown. */
  readonly held: number;
  /** How many lines were dropped, as the page keeps only so many. */
  readonly dropped: number;
  readonly state: 'asking' | 'live' | 'broken';
  readonly error: string;
}

/** How many lines the page keeps. */
const MOST_LINES = 20_000;
/** How many past lines are fetched at first. */
const TAIL = 500;
const WAIT_MS = 1500;

/** Follows the log of one function. The page is drawn at most once per frame, however many lines come. */
export class LogFeed {
  readonly shown = createStore<Shown>({
    lines: [],
    isPaused: false,
    held: 0,
    dropped: 0,
    state: 'asking',
    error: '',
  });
  readonly #name: string;
  readonly #end = new AbortController();
  readonly #instances = new Set<string>();
  #held: FedLine[] = [];
  #lines: FedLine[] = [];
  #dropped = 0;
  #lastId = 0;
  #since = '';
  #frame = 0;

  constructor(name: string) {
    this.#name = name;
  }

  start(): void {
    void this.#follow();
  }

  stop(): void {
    this.#end.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** New lines are held back until `resume`. */
  pause(): void {
    this.shown.set({ ...this.shown.value, isPaused: true });
  }

  resume(): void {
    this.#take(this.#held);
    this.#held = [];
    this.shown.set({ ...this.shown.value, isPaused: false });
    this.#draw();
  }

  clear(): void {
    this.#lines = [];
    this.#dropped = 0;
    this.#draw();
  }

  /** @returns the instances that have written lines */
  takeInstances(): ReadonlySet<string> {
    return this.#instances;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#followOnce();
        this.#say('broken', '');
      } catch (thrown) {
        if (signal.aborted) return;
        this.#say('broken', thrown instanceof Error ? thrown.message : String(thrown));
        if (thrown instanceof ApiError && thrown.status >= 400 && thrown.status < 500) return;
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }

  async #followOnce(): Promise<void> {
    const past = this.#since === '' ? `tail=${TAIL}` : `since=${encodeURIComponent(this.#since)}`;
    const path = `/system/logs?name=${encodeURIComponent(this.#name)}&follow=true&${past}`;
    const { body } = await call('GET', path, { signal: this.#end.signal });
    if (!body) return;
    this.#say('live', '');
    let text = '';
    let last = this.#since;
    for await (const piece of textOf(body)) {
      text += piece;
      const rows = text.split('\n');
      text = rows.pop() ?? '';
      const lines = rows.filter((row) => row !== '').map((row) => JSON.parse(row) as LogLine);
      // after a reconnect the gateway sends the lines of the last moment again
      const news = this.#since === '' ? lines : lines.filter(({ timestamp }) => timestamp > this.#since);
      last = lines.at(-1)?.timestamp ?? last;
      this.#arrive(news.map((line) => this.#fed(line)));
      if (this.#since !== '' && last > this.#since) this.#since = '';
    }
    this.#since = last;
  }

  #fed(line: LogLine): FedLine {
    this.#lastId += 1;
    this.#instances.add(line.instance);
    return { ...line, id: this.#lastId, plain: withoutAnsi(line.text) };
  }

  #arrive(lines: FedLine[]): void {
    if (this.shown.value.isPaused) {
      this.#held.push(...lines);
      if (this.#held.length > MOST_LINES)
        this.#dropped += this.#held.splice(0, this.#held.length - MOST_LINES).length;
    } else this.#take(lines);
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #take(lines: readonly FedLine[]): void {
    const all = [...this.#lines, ...lines];
    const over = Math.max(0, all.length - MOST_LINES);
    this.#dropped += over;
    this.#lines = over > 0 ? all.slice(over) : all;
  }

  #draw(): void {
    const { value } = this.shown;
    this.shown.set({ ...value, lines: this.#lines, held: this.#held.length, dropped: this.#dropped });
  }

  #say(state: Shown['state'], error: string): void {
    this.shown.set({ ...this.shown.value, state, error });
  }
}
