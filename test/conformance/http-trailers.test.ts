import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

describe('trailers in http mode', { concurrency: 3 }, () => {
  test('of the request reach the function', async (t) => {
    const { watchdog, upstream } = await startForwarding(t, (request, response) => {
      request.resume().on('end', () => response.end('ok'));
    });
    const answer = await watchdog.exchange(
      'POST / HTTP/1.1\r\nHost: fn\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-Sign\r\nConnection: close\r\n' +
        '\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\nX-Sign: s\r\n\r\n',
    );
    assert.deepEqual(answer.statuses, [200]);
    assert.equal(upstream.seen[0]?.body.toString(), 'hello');
    assert.deepEqual({ ...upstream.seen[0]?.trailers }, { 'x-sum': '5', 'x-sign': 's' });
  });

  test('of the response reach the client, announced', async (t) => {
    const { watchdog } = await startForwarding(t, (_request, response) => {
      response.writeHead(200, { trailer: 'X-Sum' });
      response.write('hello');
      response.addTrailers({ 'X-Sum': '5' });
      response.end();
    });
    const answer = await watchdog.request();
    assert.equal(answer.text, 'hello');
    assert.equal(answer.headers.trailer, 'X-Sum');
    assert.deepEqual({ ...answer.trailers }, { 'x-sum': '5' });
  });

  test('of gRPC-like responses come after a streamed body', async (t) => {
    const { watchdog } = await startForwarding(t, (request, response) => {
      response.writeHead(200, { trailer: 'grpc-status' });
      request.on('data', (chunk: Buffer) => response.write(chunk));
      request.on('end', () => {
        response.addTrailers({ 'grpc-status': '0' });
        response.end();
      });
    });
    const answer = await watchdog.request({
      method: 'POST',
      headers: { te: 'trailers' },
      body: 'x'.repeat(200_000),
    });
    assert.equal(answer.body.length, 200_000);
    assert.equal(answer.trailers['grpc-status'], '0');
  });
});
