import type { MetricFamily } from '../../common/metrics/family.ts';
import { histogramValues, newHistogram, observe, type Histogram } from '../../common/metrics/histogram.ts';
import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { InvocationObserver } from '../invoke/invocation.ts';

/** The counts of one function. */
interface Calls {
  started: number;
  inFlight: number;
  /** Durations by the status that the caller got. */
  readonly ended: Map<number, Histogram>;
}

/** The counts of one function, for readers. */
export interface CountedCalls {
  readonly started: number;
  readonly inFlight: number;
  readonly ended: ReadonlyMap<number, Readonly<Histogram>>;
}

const SECONDS = 'gateway_functions_seconds';

/**
 * Counts the calls of functions. It is on the path of every call, so it does little: look-ups in maps, and additions.
 */
export class InvocationMetrics implements InvocationObserver {
  readonly #functions = new Map<string, Calls>();

  started(name: string): void {
    let calls = this.#functions.get(name);
    if (!calls) {
      calls = { started: 0, inFlight: 0, ended: new Map() };
      this.#functions.set(name, calls);
    }
    calls.started += 1;
    calls.inFlight += 1;
  }

  ended(name: string, code: number, seconds: number): void {
    const calls = this.#functions.get(name);
    if (!calls) return; // the function was removed meanwhile
    calls.inFlight = Math.max(0, calls.inFlight - 1);
    let histogram = calls.ended.get(code);
    if (!histogram) {
      histogram = newHistogram();
      calls.ended.set(code, histogram);
    }
    observe(histogram, seconds);
  }

  /** @returns how many calls of a function have ended, with any status */
  count(name: FunctionName): number {
    const calls = this.#functions.get(qualifiedName(name));
    let sum = 0;
    for (const histogram of calls?.ended.values() ?? []) sum += histogram.total;
    return sum;
  }

  /** @returns the counts of a function; undefined where it was never called */
  callsOf(name: FunctionName): CountedCalls | undefined {
    return this.#functions.get(qualifiedName(name));
  }

  /** Drops the counts of a removed function, so that its series do not stay for ever. */
  forget(name: FunctionName): void {
    this.#functions.delete(qualifiedName(name));
  }

  /** Drops the counts of all functions of a namespace. */
  forgetNamespace(namespace: string): void {
    for (const key of this.#functions.keys()) {
      if (key.endsWith(`.${namespace}`)) this.#functions.delete(key);
    }
  }

  families(): MetricFamily[] {
    const each = [...this.#functions].map(([name, calls]) => ({ labels: { function_name: name }, calls }));
    const byCode = each.flatMap(({ labels, calls }) =>
      [...calls.ended].map(([code, histogram]) => ({ labels: { code: String(code), ...labels }, histogram })),
    );
    return [
      {
        name: 'gateway_function_invocation_total',
        help: 'Calls of functions that have ended',
        type: 'counter',
        values: byCode.map(({ labels, histogram }) => ({ labels, value: histogram.total })),
      },
      {
        name: 'gateway_function_invocation_started',
        help: 'Calls of functions that have begun',
        type: 'counter',
        values: each.map(({ labels, calls }) => ({ labels, value: calls.started })),
      },
      {
        name: 'gateway_function_invocation_inflight',
        help: 'Calls of functions that are under way',
        type: 'gauge',
        values: each.map(({ labels, calls }) => ({ labels, value: calls.inFlight })),
      },
      {
        name: SECONDS,
        help: 'Seconds that calls of functions took',
        type: 'histogram',
        values: byCode.flatMap(({ labels, histogram }) => histogramValues(SECONDS, labels, histogram)),
      },
    ];
  }
}
