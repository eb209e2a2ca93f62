import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, startFunction } from './host.ts';

interface Row {
  readonly shape: string;
  readonly status: number;
  readonly body: string;
}

/** OpenFaaS's node22 waits only for the first microtask. Functions rely on that, and on luck for deeper ones. */
const IN_TIME = [
  'succeeds in then',
  'succeeds in then of then',
  'succeeds 100 promises deep',
  'succeeds in nextTick',
  'succeeds in nextTick of then of nextTick',
  'succeeds in queueMicrotask',
  'succeeds in setImmediate',
  'calls back in then',
  'calls back in then of an async handler',
  'calls back behind an await in an async handler that nobody awaits',
  'returns the context, and succeeds in then',
];

const OTHERS: readonly Row[] = [
  { shape: 'fails in catch', status: 502, body: 'bad' },
  { shape: 'calls back with an error in catch', status: 500, body: 'Error: bad' },
  { shape: 'returns nothing', status: 200, body: '' },
  { shape: 'returns the context', status: 201, body: '' },
  { shape: 'succeeds in a timer', status: 200, body: '' },
  { shape: 'throws in then', status: 200, body: '' },
];

test('a handler that returns nothing may answer until all microtasks have run', async (t) => {
  const handler = await readFile(join(FIXTURES, 'late.cjs'), 'utf8');
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  const rows = [...IN_TIME.map((shape) => ({ shape, status: 201, body: 'done' })), ...OTHERS];
  for (const { shape, status, body } of rows) {
    const answer = await host.call({ headers: { 'x-shape': shape } });
    assert.deepEqual([answer.status, answer.text], [status, body], shape);
  }
});
