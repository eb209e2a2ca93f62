import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, startFunction } from './host.ts';

test('what a header that HTTP does not allow is answered with has its own reason', async (t) => {
  const host = await startFunction(t, 'node24', {
    'handler.js': await readFile(join(FIXTURES, 'refused.cjs'), 'utf8'),
  });
  for (const path of ['/', '/teapot', '/stream']) {
    const { status, reason, text } = await host.call({ path });
    assert.deepEqual([status, reason], [500, 'Internal Server Error'], path);
    assert.match(text, /Invalid character in header content \["x-refused"\]/, path);
  }
});
