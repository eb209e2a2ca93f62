import { messageOf } from '../../common/errors.ts';
import type { CallQueue } from '../async/call-queue.ts';
import { GatewayError } from '../errors.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { FunctionStatus } from '../functions/function-status.ts';
import type { InvocationMetrics } from '../metrics/invocation-metrics.ts';
import { allFunctions } from '../providers/all-functions.ts';
import type { Provider } from '../providers/provider.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { functionView, type FunctionView } from './function-view.ts';
import { LiveState, type QueueView, type ScheduleView } from './live-state.ts';
import { Track } from './track.ts';
import { UsageRound } from './usage-round.ts';

export interface ObserverParts {
  readonly provider: Provider;
  readonly calls: InvocationMetrics;
  readonly queue: Pick<CallQueue, 'load'>;
  readonly scheduler: Pick<Scheduler, 'list'>;
}

/** The pause between two looks, in milliseconds: while a client watches, and otherwise. */
const WATCHED_MS = 1000;
const UNWATCHED_MS = 2500;

/** How many functions have their last hours kept, at 19 KB each. */
const MOST_TRACKS = 2000;
/** How many queues and how many schedules are listed. */
const MOST_TOLD = 2000;
/** How many clients may watch at the same time. */
const MOST_WATCHERS = 200;

/**
 * Looks at all functions, queues and schedules again and again, keeps the last 24 hours in memory, and tells watchers.
 */
export class Observer {
  readonly state = new LiveState();
  readonly #parts: ObserverParts;
  readonly #tracks = new Map<string, Track>();
  readonly #watchers = new Set<() => void>();
  readonly #usage: UsageRound;
  #functions: readonly FunctionStatus[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = true;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    this.#usage = new UsageRound(parts.provider);
  }

  start(): void {
    this.#isStopped = false;
    void this.look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * Calls `onNews` whenever a look finds that the state has changed.
   * @returns a function that ends the watching
   * @throws GatewayError TOO_MANY_WATCHERS
   */
  watch(onNews: () => void): () => void {
    if (this.#watchers.size >= MOST_WATCHERS) {
      const text = `${MOST_WATCHERS} clients follow /system/events already: close one of them`;
      throw new GatewayError('TOO_MANY_WATCHERS', text);
    }
    this.#watchers.add(onNews);
    return () => this.#watchers.delete(onNews);
  }

  /** @returns the figures of a function's last hours; undefined where none are kept */
  trackOf(name: FunctionName): Track | undefined {
    return this.#tracks.get(qualifiedName(name));
  }

  /** Looks now, or waits for the look under way. Call it after `start`; after `stop` it does nothing. */
  look(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      let problem = '';
      try {
        this.#functions = await allFunctions(this.#parts.provider);
      } catch (thrown) {
        problem = messageOf(thrown);
      }
      if (this.#isStopped) return;
      const isNews = this.state.set({ ...this.#record(Date.now()), problem });
      if (isNews) for (const onNews of this.#watchers) onNews();
      this.#usage.begin(this.#functions);
    } finally {
      if (!this.#isStopped) {
        const wait = this.#watchers.size > 0 ? WATCHED_MS : UNWATCHED_MS;
        this.#timer = setTimeout(() => void this.look(), wait);
      }
    }
  }

  #record(now: number): {
    functions: Map<string, FunctionView>;
    queues: QueueView[];
    schedules: ScheduleView[];
  } {
    const functions = new Map<string, FunctionView>();
    for (const status of this.#functions) {
      const key = qualifiedName(status.deployment);
      const calls = this.#parts.calls.callsOf(status.deployment);
      const usage = this.#usage.of(key);
      const track = this.#track(key);
      track?.add(status, calls, usage, now);
      functions.set(
        key,
        functionView(status, {
          calls: this.#parts.calls.count(status.deployment),
          inFlight: calls?.inFlight ?? 0,
          recent: track?.recent(now) ?? [],
          usage,
        }),
      );
    }
    for (const key of this.#tracks.keys()) if (!functions.has(key)) this.#tracks.delete(key);
    return { functions, queues: this.#queues(), schedules: this.#schedules() };
  }

  #track(key: string): Track | undefined {
    const known = this.#tracks.get(key);
    if (known || this.#tracks.size >= MOST_TRACKS) return known;
    const track = new Track();
    this.#tracks.set(key, track);
    return track;
  }

  #queues(): QueueView[] {
    const loads = this.#parts.queue.load().slice(0, MOST_TOLD);
    return loads.map(({ queue, name, waiting, running }) => {
      return { queue, function: name.name, namespace: name.namespace, waiting, running };
    });
  }

  #schedules(): ScheduleView[] {
    const all = this.#parts.scheduler.list().slice(0, MOST_TOLD);
    return all.map(({ name, text, next, last }) => ({
      function: name.name,
      namespace: name.namespace,
      schedule: text,
      ...(next && { next: next.toISOString() }),
      ...(last && { lastRun: last.at.toISOString() }),
      ...(last?.status !== undefined && { lastStatus: last.status }),
    }));
  }
}
