import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { bundleScript } from '../../sample/sample-bundle.ts';

/** The same request over and over, on each connection one at a time. */
export interface LoadOrder {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A text, or so many bytes of no matter what. */
  readonly body?: string | number;
  /** The content type of the body. */
  readonly type?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What it saw within the time. Times in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Of bodies, both ways: of uploads those that were answered. */
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than a whole one of the 200s, and connections that broke. */
  readonly failures: number;
  /** How much of the time the client was busy, 1 for all of it. */
  readonly busy: number;
}

/** How long after its time the result of an order may take, in milliseconds. */
const RESULT_WITHIN = 15_000;

/**
 * The load generator: a thread of its own, which lives through all rounds, so that each finds it equally warm. It is a
 * client of our own on plain sockets, as what it does with an answer costs it a third of what autocannon's or undici's
 * parser take, and the servers that it loads share the processors with it.
 */
export class LoadClient {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;

  private constructor(worker: Worker, signal: AbortSignal) {
    this.#worker = worker;
    this.#signal = signal;
  }

  /** @param signal ends the waiting for results */
  static async open(signal: AbortSignal): Promise<LoadClient> {
    return new LoadClient(new Worker(await bundleScript('bench/load/worker.ts', 'bench/worker.mjs')), signal);
  }

  /** @throws Error when the result does not come in time; the reason of the signal */
  async run(order: LoadOrder): Promise<LoadResult> {
    const late = AbortSignal.timeout(order.seconds * 1000 + RESULT_WITHIN);
    const answered = once(this.#worker, 'message', { signal: AbortSignal.any([this.#signal, late]) });
    this.#worker.postMessage(order, []);
    const [result] = (await answered) as [LoadResult];
    return result;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
