import type { FunctionView } from './function-view.ts';

/** How many calls of one function wait and run in one queue. */
export interface QueueView {
  readonly queue: string;
  readonly function: string;
  readonly namespace: string;
  readonly waiting: number;
  readonly running: number;
}

export interface ScheduleView {
  readonly function: string;
  readonly namespace: string;
  readonly schedule: string;
  readonly next?: string;
  readonly lastRun?: string;
  readonly lastStatus?: number;
}

/** The state of everything at one look. */
export interface Seen {
  readonly functions: ReadonlyMap<string, FunctionView>;
  readonly queues: readonly QueueView[];
  readonly schedules: readonly ScheduleView[];
  /** Why the provider's functions could not be read and are those of the last look; '' where they could. */
  readonly problem: string;
}

/** The changes since a version. */
export interface Changes {
  readonly version: number;
  readonly functions: readonly FunctionView[];
  /** `NAME.NAMESPACE` of removed functions. */
  readonly removed: readonly string[];
  readonly queues?: readonly QueueView[];
  readonly schedules?: readonly ScheduleView[];
  readonly problem?: string;
}

/** How many removed functions are remembered. A reader that has missed more gets the whole state again. */
const MOST_REMOVED = 10_000;

/** A value, and the version in which it last changed. */
class Cell<T> {
  value: T;
  version = 0;
  #text: string;

  constructor(value: T) {
    this.value = value;
    this.#text = JSON.stringify(value);
  }

  /** @returns whether the value has changed */
  set(value: T, version: number): boolean {
    const text = JSON.stringify(value);
    if (text === this.#text && this.version > 0) return false;
    this.value = value;
    this.version = version;
    this.#text = text;
    return true;
  }
}

/**
 * Keeps the latest state with the version of each change, so that each reader gets the changes that are new to it. A
 * reader is only a number, the version that it has read. So a slow reader costs nothing, and skips what has changed
 * twice.
 */
export class LiveState {
  readonly #functions = new Map<string, Cell<FunctionView>>();
  readonly #removed = new Map<string, number>();
  readonly #queues = new Cell<readonly QueueView[]>([]);
  readonly #schedules = new Cell<readonly ScheduleView[]>([]);
  readonly #problem = new Cell('');
  #forgotten = 0;
  #version = 0;

  /** 0 until the first look. */
  get version(): number {
    return this.#version;
  }

  /** @returns whether anything has changed */
  set(seen: Seen): boolean {
    const version = this.#version + 1;
    let isNews = this.#setFunctions(seen.functions, version);
    isNews = this.#queues.set(seen.queues, version) || isNews;
    isNews = this.#schedules.set(seen.schedules, version) || isNews;
    isNews = this.#problem.set(seen.problem, version) || isNews;
    if (isNews) this.#version = version;
    return isNews;
  }

  /** @returns the changes since a version; undefined where it is too old, so that the reader needs the whole state */
  since(version: number): Changes | undefined {
    if (version < this.#forgotten) return undefined;
    const isNew = (cell: { readonly version: number }): boolean => cell.version > version;
    return {
      version: this.#version,
      functions: [...this.#functions.values()].filter(isNew).map(({ value }) => value),
      removed: [...this.#removed].filter(([, at]) => at > version).map(([key]) => key),
      ...(isNew(this.#queues) && { queues: this.#queues.value }),
      ...(isNew(this.#schedules) && { schedules: this.#schedules.value }),
      ...(isNew(this.#problem) && { problem: this.#problem.value }),
    };
  }

  /** @returns the whole state */
  all(): Required<Omit<Changes, 'removed'>> {
    return {
      version: this.#version,
      functions: [...this.#functions.values()].map(({ value }) => value),
      queues: this.#queues.value,
      schedules: this.#schedules.value,
      problem: this.#problem.value,
    };
  }

  #setFunctions(functions: ReadonlyMap<string, FunctionView>, version: number): boolean {
    let isNews = false;
    for (const [key, view] of functions) {
      let cell = this.#functions.get(key);
      if (!cell) {
        cell = new Cell(view);
        this.#functions.set(key, cell);
        this.#removed.delete(key);
      }
      isNews = cell.set(view, version) || isNews;
    }
    for (const key of this.#functions.keys()) {
      if (functions.has(key)) continue;
      this.#functions.delete(key);
      this.#removed.set(key, version);
      isNews = true;
    }
    this.#forgetRemoved();
    return isNews;
  }

  #forgetRemoved(): void {
    for (const [key, version] of this.#removed) {
      if (this.#removed.size <= MOST_REMOVED) return;
      this.#removed.delete(key);
      this.#forgotten = version;
    }
  }
}
