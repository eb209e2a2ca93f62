import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleScript } from '../../sample/sample-bundle.ts';
import type { Sample } from '../figures.ts';

/** The same request over and over, on each connection one at a time. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  /** Of a POST: a text, or a number of bytes of any content. Without one, it is a GET. */
  readonly body?: string | number;
  /** The content type of the body. */
  readonly type?: string;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * The figures of the time of an order. Failures are answers that are not whole or none of the 200s, and connections
 * that broke. Bytes are those of bodies: of answers, or of uploads that were answered.
 */
export type LoadResult = Sample & { readonly requests: number; readonly bytes: number };

/** How long after its time the result of an order may take, in milliseconds. */
const RESULT_WITHIN = 15_000;

/**
 * Starts the load generator: a process of its own, which lives through all rounds, so that each finds it equally warm. It
 * is a client of our own on plain sockets: it shares the processors with the servers that it loads, and an answer takes
 * it a third of the time that the parsers of autocannon and undici take.
 * @param signal ends the waiting for results
 */
export async function startLoadClient(signal: AbortSignal) {
  const child = fork(await bundleScript('bench/load/client-process.ts', 'bench/client-process.mjs'));
  const exited = once(child, 'exit');
  /** @throws Error when the process ends, or is ended as the result does not come in time; the reason of the signal */
  const run = async (order: LoadOrder): Promise<LoadResult> => {
    const answered = once(child, 'message', { signal });
    child.send(order);
    // It is ended, so that its result is not taken for that of the next order.
    const late = setTimeout(() => child.kill('SIGKILL'), order.seconds * 1000 + RESULT_WITHIN);
    try {
      const [result] = (await Promise.race([answered, exited])) as [LoadResult | number | null];
      if (result === null || typeof result === 'number') throw new Error('the load generator has ended');
      return result;
    } finally {
      clearTimeout(late);
    }
  };
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { run, close };
}

export type LoadClient = Awaited<ReturnType<typeof startLoadClient>>;
