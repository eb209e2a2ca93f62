import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLine } from '../../build/runtime/watchdog-lines.ts';

const TIME = '2026-01-02T03:04:05.678Z';

test('the line of a request that failed is the watchdog’s, one with other fields the function’s', () => {
  const failed = {
    level: 'info',
    time: TIME,
    msg: 'GET / - 499 - ContentLength: 0B (0.0100s)',
    status: 499,
    failure: 'client went away',
  };
  assert.deepEqual(readLine(JSON.stringify(failed)), {
    from: 'watchdog',
    level: 'info',
    text: failed.msg,
    access: true,
  });
  const own = JSON.stringify({ level: 'info', time: TIME, msg: 'mine', user: 'ada' });
  assert.deepEqual(readLine(own), { from: 'function', text: own });
});
