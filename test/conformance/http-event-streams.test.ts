import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

const TYPES = ['text/event-stream', 'application/x-ndjson'];

/** Answers with the first event and leaves the response open. */
function begin(response: ServerResponse, type: string): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
  response.write('data: 0\n\n');
}

describe('responses that flow in http mode', { concurrency: 4 }, () => {
  for (const accept of [...TYPES, undefined]) {
    test(`each part arrives before the next is made, Accept: ${accept}`, async (t) => {
      const held: ServerResponse[] = [];
      const { watchdog } = await startForwarding(t, (_request, response) => {
        begin(response, accept ?? 'text/plain');
        held.push(response);
      });
      let parts = 0;
      const answer = await watchdog.request({
        headers: accept === undefined ? {} : { accept },
        // the function goes on only when the part before has arrived: a watchdog that buffers runs into its
        // timeout
        onChunk: () => {
          parts += 1;
          if (parts < 4) held[0]?.write(`data: ${parts}\n\n`);
          else held[0]?.end();
        },
      });
      assert.equal(answer.text, 'data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n');
      assert.equal(answer.aborted, false);
    });
  }

  for (const accept of [...TYPES, 'text/html, Text/Event-Stream;q=0.9']) {
    test(`exec_timeout and X-Timeout do not hold for Accept: ${accept}`, async (t) => {
      const { watchdog } = await startForwarding(
        t,
        (_request, response) => {
          begin(response, 'text/event-stream');
          setTimeout(() => response.end('data: last\n\n'), 700);
        },
        { exec_timeout: '200ms' },
      );
      const answer = await watchdog.request({ headers: { accept, 'x-timeout': '100ms' } });
      assert.equal(answer.text, 'data: 0\n\ndata: last\n\n');
      assert.equal(answer.aborted, false);
    });

    test(`write_timeout does hold for Accept: ${accept}`, async (t) => {
      const variables = { exec_timeout: '0', write_timeout: '400ms' };
      const { watchdog } = await startForwarding(
        t,
        (request, response) => {
          if (request.url === '/begun') begin(response, 'text/event-stream');
        },
        variables,
      );
      const begun = await watchdog.request({ path: '/begun', headers: { accept } });
      assert.equal(begun.status, 200);
      assert.equal(begun.text, 'data: 0\n\n');
      assert.ok(begun.aborted, 'broken off, not ended');
      const silent = await watchdog.request({ headers: { accept } });
      assert.equal(silent.status, 504);
      assert.match(silent.text, /write_timeout of 400ms/);
    });
  }

  test('exec_timeout holds for the others', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (_request, response) => begin(response, 'text/event-stream'),
      {
        exec_timeout: '300ms',
      },
    );
    const answer = await watchdog.request({ headers: { accept: 'text/html' } });
    assert.equal(answer.text, 'data: 0\n\n');
    assert.ok(answer.aborted, 'broken off, not ended');
  });

  test('a request flows to the function while it answers', async (t) => {
    const { watchdog } = await startForwarding(t, (request, response) => {
      response.writeHead(200);
      request.on('data', (chunk: Buffer) => response.write(`<${chunk.toString()}>`));
      request.on('end', () => response.end());
    });
    const answer = await watchdog.request({
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: (sent) => {
        sent.write('1');
        let answered = 0;
        sent.on('response', (response) => {
          response.on('data', () => {
            answered += 1;
            if (answered < 3) sent.write(String(answered + 1));
            else sent.end();
          });
        });
      },
    });
    assert.equal(answer.text, '<1><2><3>');
  });
});
