import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { RESULT_WITHIN, type LoadGenerator, type LoadResult } from './load.ts';

const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };

/** autocannon in one process of its own, which lives through all rounds, so that each finds it equally warm. */
export function startAutocannon(): LoadGenerator {
  const child = execaNode(fileURLToPath(import.meta.resolve('./autocannon-process.ts')), {
    nodeOptions: ['--import', 'tsx'],
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: true,
    serialization: 'json',
    reject: false,
  });
  return {
    name: `autocannon ${version}`,
    async run(order) {
      const late = setTimeout(() => child.kill('SIGKILL'), order.seconds * 1000 + RESULT_WITHIN);
      try {
        const [result] = await Promise.all([child.getOneMessage(), child.sendMessage({ ...order })]);
        return result as unknown as LoadResult;
      } catch (error) {
        throw new Error('the load generator has ended before its result', { cause: error });
      } finally {
        clearTimeout(late);
      }
    },
    async close() {
      child.kill('SIGKILL');
      await child;
    },
  };
}
