import assert from 'node:assert/strict';
import { test } from 'node:test';
import handler, { type GreetingEvent } from './handler.ts';
import type { FunctionContext } from './openfaas.d.ts';

test('greets the name in the body', async () => {
  const answer = await call({ method: 'POST', body: { name: 'Ada' } });
  assert.deepEqual(answer, { status: 200, body: { message: 'Hello, Ada!' } });
});

test('refuses two names', async () => {
  const answer = await call({ query: { name: ['Ada', 'Grace'] } });
  assert.equal(answer.status, 400);
});

/** Calls the handler with an event and notes what it answers. */
async function call(given: Partial<GreetingEvent>): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const event = {
    method: 'GET',
    path: '/',
    query: {},
    headers,
    body: undefined,
    rawBody: Buffer.alloc(0),
    ...given,
  };
  const answer = { status: 200, body: undefined as unknown };
  const note = (body: unknown) => void (answer.body = body);
  const context = { succeed: note, fail: note, status: (code: number) => ((answer.status = code), context) };
  const result = await handler(event, context as unknown as FunctionContext);
  return result === undefined ? answer : { ...answer, body: result };
}
