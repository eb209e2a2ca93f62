import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';

/** The bytes that a client sends before it goes away, and whether the function has begun to answer by then. */
const STAGES: readonly (readonly [name: string, bytes: string, hasAnswer: boolean])[] = [
  ['before the first byte', 'GET /gone HTTP/1.1\r\nHost: x\r\n\r\n', false],
  ['in the middle of the response', 'GET /gone HTTP/1.1\r\nHost: x\r\n\r\n', true],
  ['in the middle of its body', 'POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc', false],
  [
    'while both flow',
    'POST /gone HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    true,
  ],
];

describe('a client of http mode that goes away', { concurrency: 4 }, () => {
  for (const [name, bytes, hasAnswer] of STAGES) {
    test(`${name}: the function’s request is cancelled, not ended as if whole`, async (t) => {
      let hasArrived = false;
      let isCancelled = false;
      let isWhole = false;
      const { watchdog } = await startForwarding(t, (request, response) => {
        if (request.url !== '/gone') return void response.end('ok');
        hasArrived = true;
        request.on('error', () => undefined);
        request.on('end', () => (isWhole = true));
        request.resume();
        response.on('close', () => (isCancelled = !response.writableFinished));
        if (hasAnswer) response.write('begin');
        return undefined;
      });
      const connection = await watchdog.connect();
      connection.send(bytes);
      await until(() => hasArrived, 'the request to reach the function');
      if (hasAnswer) await connection.waitFor(/begin/);
      connection.destroy();
      await until(() => isCancelled, 'the function to see the end of it');
      if (bytes.startsWith('POST')) assert.ok(!isWhole, 'the function took a cut-off body for a whole one');
      await watchdog.stderr.waitFor(/(GET|POST) \/gone - 499/);
      assert.equal((await watchdog.request()).text, 'ok');
    });
  }
});
