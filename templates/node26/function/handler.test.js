'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const handler = require('./handler');

test('greets the name in the body', async () => {
  const answer = await call({ method: 'POST', body: { name: 'Ada' } });
  assert.deepEqual(answer, { status: 200, body: { message: 'Hello, Ada!' } });
});

test('greets the world where there is no name', async () => {
  const answer = await call({ method: 'GET' });
  assert.deepEqual(answer.body, { message: 'Hello, world!' });
});

/** Calls the handler with an event and records its answer. */
async function call(event) {
  const answer = { status: 200, body: undefined };
  const context = {
    status(code) {
      answer.status = code;
      return context;
    },
    headers: () => context,
    succeed(body) {
      answer.body = body;
    },
  };
  const result = await handler({ headers: {}, path: '/', query: {}, ...event }, context);
  return result === undefined ? answer : { ...answer, body: result };
}
