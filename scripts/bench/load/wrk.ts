import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { LoadGenerator, LoadOrder, LoadResult } from './load.ts';
import { RESULT_WITHIN } from './order-process.ts';

const PROGRAM = 'wrk';

interface Printed {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

function wordsOf(order: LoadOrder): string[] {
  const script = fileURLToPath(import.meta.resolve('./wrk.lua'));
  const request = [order.method, order.body, order.type].filter((word) => word !== undefined);
  const seconds = `${Math.ceil(order.seconds)}s`;
  return ['-t', '1', '-c', `${order.connections}`, '-d', seconds, '-s', script, order.url, '--', ...request];
}

/**
 * wrk, a process for each run.
 * @returns undefined where it is not installed
 */
export async function findWrk(signal: AbortSignal): Promise<LoadGenerator | undefined> {
  // it prints its version and the usage, and exits with 1
  const version = await execa(PROGRAM, ['-v'], { reject: false, cancelSignal: signal });
  if (version.code === 'ENOENT') return undefined;
  return {
    name: /^wrk \S+/.exec(version.stdout)?.[0] ?? 'wrk',
    async run(order): Promise<LoadResult> {
      const { stdout } = await execa(PROGRAM, wordsOf(order), {
        stdin: 'ignore',
        cancelSignal: signal,
        timeout: order.seconds * 1000 + RESULT_WITHIN,
      });
      const printed = JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as Printed;
      return {
        requests: printed.requests,
        rate: (printed.requests / printed.microseconds) * 1e6,
        p50: printed.p50 / 1000,
        p99: printed.p99 / 1000,
        failures: printed.failures,
        generatorCpu: null,
      };
    },
    // every run has ended its process by the time it returns
    close: () => Promise.resolve(),
  };
}
