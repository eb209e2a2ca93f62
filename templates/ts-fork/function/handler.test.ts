import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import handler from './handler.ts';

test('gives back what is sent', async () => {
  assert.equal(await call('ping'), 'ping');
});

test('shouts', async () => {
  assert.equal(await call('ping', '?shout'), 'PING');
});

function call(body: string, query = ''): Promise<string> {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(query), headers: {} };
  return text(handler(Readable.from([body]), request));
}
