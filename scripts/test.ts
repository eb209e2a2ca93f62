import { parseArgs } from 'node:util';
import { passes } from './tests/passes.ts';

/**
 * Runs test files, then once more those tests that have failed:
 *
 *     tsx scripts/test.ts [--suite NAME] [--concurrency N] [--timeout MILLISECONDS] FILES
 */

const { values, positionals } = parseArgs({
  options: {
    suite: { type: 'string', default: 'tests' },
    concurrency: { type: 'string', default: '3' },
    timeout: { type: 'string', default: '240000' },
  },
  allowPositionals: true,
});
const options = { concurrency: Number(values.concurrency), timeoutMs: Number(values.timeout), env: {} };
if (!(await passes(values.suite, positionals, options))) process.exitCode = 1;
