import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { NODE } from './host.ts';

/**
 * The behaviour of a template's function behind its own server holds with mode=inproc too: the same tests, with the
 * function in the watchdog's process. The tests of a process of its own are not among them: its end at a signal, and
 * its output where it does not start.
 */
const FILES: readonly (readonly [string, string?])[] = [
  ['contract'],
  ['body'],
  ['form'],
  ['charsets'],
  ['content-types'],
  ['late-answers'],
  ['header-bytes'],
  ['streams'],
  ['web'],
  ['web-reuse'],
  ['typescript'],
  ['survival', 'mistake|client that leaves|1 MiB'],
];

describe('the tests of the templates with mode=inproc', { concurrency: 2 }, () => {
  for (const [file, pattern] of FILES) {
    test(file, async () => {
      const path = fileURLToPath(new URL(`${file}.test.ts`, import.meta.url));
      // Node's test runner tells the processes it starts to speak its own protocol.
      const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
      const env = { ...inherited, TEST_INPROC: 'true', TEST_NODE: NODE };
      const chosen = pattern === undefined ? [] : [`--test-name-pattern=${pattern}`];
      try {
        await promisify(execFile)(process.execPath, ['--import', 'tsx', '--test', ...chosen, path], { env });
      } catch (error) {
        const { stdout = '' } = error as { stdout?: string };
        throw new Error(stdout.slice(stdout.indexOf('not ok')), { cause: error });
      }
    });
  }
});
