import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { CallQueue } from '../../gateway/async/call-queue.ts';
import { Submissions } from '../../gateway/async/submissions.ts';
import { request } from '../support/request.ts';
import { until } from '../support/wait.ts';

test('bodies that are being received have a bound together, and their room is given back', async (t) => {
  const taken: number[] = [];
  const queue = {
    submit: ({ content }) => {
      taken.push(content.body.length);
      return Promise.resolve();
    },
  } as Pick<CallQueue, 'submit'> as CallQueue;
  const submissions = new Submissions({
    queue,
    annotationsOf: () => Promise.resolve({}),
    defaultNamespace: 'openfaas-fn',
    defaultQueue: 'faas-request',
    largestBody: 900,
    mostReceived: 1000,
    isStrict: true,
    readTimeout: 60_000,
    writeTimeout: 60_000,
  });
  const server = http.createServer((incoming, response) => {
    submissions.handle(incoming, response, { name: 'fn', target: '/', expectsContinue: false });
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const post = (length: number) =>
    request(port, { method: 'POST', path: '/async-function/fn', headers: {}, body: 'x'.repeat(length) });
  const slow = http.request({ port, method: 'POST', headers: { 'content-length': '800' } });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    slow.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  slow.write('x'.repeat(600));
  const refused = await until(async () => {
    const answer = await post(500);
    return answer.status === 503 && answer;
  }, 'a refusal, once the part has come');
  assert.match(refused.text, /more than 1000 bytes together .*: try again later/);
  assert.match(String(refused.headers['retry-after']), /^\d+$/);
  slow.end('x'.repeat(200));
  assert.equal(await answered, 202);
  for (let count = 0; count < 5; count += 1) assert.equal((await post(800)).status, 202);
  assert.deepEqual(taken.slice(-6), [800, 800, 800, 800, 800, 800]);
});
