import { createRequire } from 'node:module';
import type { LoadGenerator, LoadOrder, LoadResult } from './load.ts';
import { OrderProcess } from './order-process.ts';

const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };

/** autocannon, in one process through all rounds. */
export function startAutocannon(): LoadGenerator {
  const client = new OrderProcess<LoadOrder, LoadResult>('./autocannon-process.ts');
  return {
    name: `autocannon ${version}`,
    run: (order) => client.run(order, order.seconds),
    close: () => client.close(),
  };
}
