import assert from 'node:assert/strict';
import { test } from 'node:test';
import handler from './handler.ts';

test('greets the name in the query', async () => {
  const response = await handler(new Request('http://function/?name=Ada'));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { message: 'Hello, Ada!' });
});

test('gives back what is posted', async () => {
  const response = await handler(new Request('http://function/', { method: 'POST', body: 'ping' }));
  assert.equal(await response.text(), 'ping');
});
