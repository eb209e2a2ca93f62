import type { FunctionStatus } from '../functions/function-status.ts';
import type { CountedCalls } from '../metrics/invocation-metrics.ts';
import { CallCounter } from './call-counter.ts';
import { RECENT_STEPS } from './function-view.ts';
import { Series, type Step, type WindowName } from './series.ts';

/** Keeps the figures of one function's last 24 hours. Times (`now`) are milliseconds since 1970. */
export class Track {
  readonly #series = new Series();
  readonly #counter = new CallCounter();

  add(
    { replicas, availableReplicas }: FunctionStatus,
    calls: CountedCalls | undefined,
    usage: { readonly cpu: number; readonly totalMemoryBytes: number } | undefined,
    now: number,
  ): void {
    const { cpu = Number.NaN, totalMemoryBytes = Number.NaN } = usage ?? {};
    const gauges = [calls?.inFlight ?? 0, replicas, availableReplicas, cpu, totalMemoryBytes];
    this.#series.add({ counts: this.#counter.added(calls), gauges }, now);
  }

  recent(now: number): (Step | undefined)[] {
    return this.#series.read('5m', now, RECENT_STEPS);
  }

  read(window: WindowName, now: number): (Step | undefined)[] {
    return this.#series.read(window, now);
  }
}
