import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runWatchdog } from '../support/watchdog.ts';

/** Invalid values of every kind, with some that OpenFaaS's watchdogs silently ignore. */
const INVALID: readonly (readonly [name: string, value: string, expected: RegExp])[] = [
  ['read_timeout', '10sec', /duration/],
  ['read_timeout', '-1s', /duration/],
  ['write_timeout', '1 m', /duration/],
  ['write_timeout', '0', /over 0/],
  ['write_timeout', '0s', /over 0/],
  ['exec_timeout', 'never', /duration/],
  ['exec_timeout', '-5', /duration/],
  ['exec_timeout', '1.5', /duration/],
  ['exec_timeout', '30S', /duration/],
  ['healthcheck_interval', '5x', /duration/],
  ['exec_timeout', '9999999999999h', /duration/],
  ['port', '80a', /port/],
  ['port', '65536', /port/],
  ['port', '-1', /port/],
  ['metrics_port', 'no', /port/],
  ['max_inflight', 'many', /number/],
  ['max_inflight', '-1', /number/],
  ['max_inflight', '1.5', /number/],
  ['log_buffer_size', 'big', /number/],
  ['log_buffer_size', '0', /number/],
  ['log_buffer_size', '-2', /number/],
  ['suppress_lock', 'maybe', /true or false/],
  ['prefix_logs', 'on', /true or false/],
  ['http_buffer_req_body', 'y', /true or false/],
  ['log_callid', 'please', /true or false/],
  ['jwt_auth', 'yes', /true or false/],
  ['log_format', 'xml', /text, json/],
  ['exit_status', 'pass', /fail, ignore/],
  ['mode', 'Streaming', /streaming, /],
  ['fprocess', "sh -c 'echo", /quotes/],
  ['fprocess', '   ', /command/],
  ['upstream_url', '127.0.0.1:3000', /http:\/\//],
  ['upstream_url', 'ftp://127.0.0.1', /http:\/\//],
];

describe('a value that cannot be read stops the start', { concurrency: 3 }, () => {
  for (const [name, value, expected] of INVALID) {
    test(`${name}=${value}`, async (t) => {
      const run = await runWatchdog(t, { fprocess: 'cat', [name]: value });
      assert.equal(run.code, 1);
      const lines = run.log.split('\n').filter((line) => line.includes(`${name}=`));
      assert.equal(lines.length, 1, `one line tells of it: ${run.log}`);
      assert.ok(lines[0]?.includes(value), lines[0]);
      assert.match(lines[0] ?? '', expected);
      assert.doesNotMatch(run.log, /^\s+at /m, 'no stack trace');
      assert.doesNotMatch(run.log, /Listening on port/, 'nothing was started');
    });
  }
});
