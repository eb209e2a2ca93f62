import { HttpMetrics } from '../server/metrics/http-metrics.ts';
import type { FunctionFacts } from '../server/metrics/metrics-server.ts';
import type { Worker } from './worker.ts';

/** How long to wait for the figures of the workers, in milliseconds. */
const REPORT_MS = 200;

/** The figures of all workers, including those that have ended. */
export class WorkerFigures {
  readonly #past = new HttpMetrics();
  #pastStarts = 0;
  #pastCpuSeconds = 0;

  /** Keeps the last figures of a worker that has ended. */
  ended({ state }: Worker): void {
    if (!state) return;
    this.#past.add(state.counts);
    this.#pastStarts += state.starts;
    this.#pastCpuSeconds += state.cpuSeconds;
  }

  /** Counts the requests of a worker that is killed because it hangs. */
  hung(worker: Worker): void {
    const open = Math.max(1, worker.state?.inFlight ?? 0);
    for (let at = 0; at < open; at += 1) this.#past.count(504, 'unknown', worker.silentMs / 1000);
  }

  /** Asks the workers how many requests they are serving, and gives the sum. */
  async open(workers: readonly Worker[]): Promise<number> {
    await ask(workers);
    return workers.reduce((sum, { state }) => sum + (state?.open ?? 0), 0);
  }

  /** Asks the workers for their figures, and gives the sums. */
  async of(workers: readonly Worker[]): Promise<FunctionFacts> {
    await ask(workers);
    const http = new HttpMetrics();
    http.add(this.#past.counts);
    const delay = new Map<number, number>();
    const sums = { inFlight: 0, starts: this.#pastStarts, cpuSeconds: this.#pastCpuSeconds };
    for (const { state } of workers) {
      if (!state) continue;
      http.add(state.counts);
      sums.inFlight += state.inFlight;
      sums.starts += state.starts;
      sums.cpuSeconds += state.cpuSeconds;
      for (const [quantile, value] of state.delay) {
        delay.set(quantile, Math.max(value, delay.get(quantile) ?? 0));
      }
    }
    return {
      http,
      inFlight: sums.inFlight,
      starts: sums.starts,
      delay: delay.size > 0 ? delay : undefined,
      processIds: workers.flatMap(({ state }) => state?.processIds ?? []),
      workers: {
        processIds: workers.map(({ pid }) => pid),
        cpuSeconds: sums.cpuSeconds,
        endedCpuSeconds: this.#pastCpuSeconds,
      },
    };
  }
}

async function ask(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.report(REPORT_MS)));
}
