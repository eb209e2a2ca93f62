import { createHistogram, performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { getEachMessage, sendMessage } from 'execa';
import type { LoadOrder, LoadResult } from './load.ts';

/** The process of the load generator: it takes orders over IPC, one at a time, and answers each with its result. */
function run(order: LoadOrder): Promise<LoadResult> {
  // autocannon's own figures are whole milliseconds, and a local answer takes a fraction of one
  const latencies = createHistogram();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let last = start;
  let refused = 0;
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url: order.url,
        method: order.method,
        ...(order.body === undefined ? {} : { body: order.body }),
        ...(order.type === undefined ? {} : { headers: { 'content-type': order.type } }),
        connections: order.connections,
        duration: order.seconds,
        sampleInt: 100,
      },
      (error: unknown, result) => {
        if (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        const spent = process.cpuUsage(cpu);
        const elapsed = Math.max(last - start, 1);
        resolve({
          requests: latencies.count,
          rate: (latencies.count / elapsed) * 1000,
          p50: latencies.percentile(50) / 1000,
          p99: latencies.percentile(99) / 1000,
          failures: refused + result.errors,
          generatorCpu: (spent.user + spent.system) / 1000 / elapsed,
        });
      },
    );
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      last = performance.now();
      latencies.record(Math.max(1, Math.round(milliseconds * 1000)));
      if (status !== 200) refused += 1;
    });
  });
}

for await (const order of getEachMessage()) {
  await sendMessage({ ...(await run(order as unknown as LoadOrder)) });
}
