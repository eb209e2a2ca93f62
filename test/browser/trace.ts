import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { makeFolder } from '../support/folder.ts';
import type { Owner } from '../support/owner.ts';

/** An event of a browser's trace of its own work. Times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: {
    readonly name?: string;
    readonly data?: { readonly isLoadingMainFrame?: boolean };
  };
}

/** A page's work as the browser's own trace has it. */
export class Trace {
  readonly #events: readonly TraceEvent[];

  private constructor(events: readonly TraceEvent[]) {
    this.#events = events;
  }

  static async of(owner: Owner, browser: Browser, page: Page, work: () => Promise<void>): Promise<Trace> {
    const file = path.join(makeFolder(owner), 'trace.json');
    await browser.startTracing(page, { path: file, screenshots: false });
    try {
      await work();
    } finally {
      await browser.stopTracing();
    }
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: TraceEvent[] };
    return new Trace(traceEvents);
  }

  /** Milliseconds from the navigation to the first text or picture; undefined where there was none. */
  get firstPaint(): number | undefined {
    const begin = this.#events.find(
      ({ name, args }) => name === 'navigationStart' && args?.data?.isLoadingMainFrame === true,
    );
    const paint = this.#events.find(({ name }) => name === 'firstContentfulPaint');
    return begin && paint && (paint.ts - begin.ts) / 1000;
  }

  /** Milliseconds of each task of the threads that run pages, the longest first. */
  get tasks(): readonly number[] {
    const threads = new Set(
      this.#events
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(threadOf),
    );
    return this.#events
      .filter((event) => event.name === 'RunTask' && threads.has(threadOf(event)))
      .map(({ dur = 0 }) => dur / 1000)
      .sort((one, other) => other - one);
  }
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}
