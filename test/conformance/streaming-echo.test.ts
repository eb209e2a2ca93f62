import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { residentBytesOf, writtenBytesOf } from '../support/process-table.ts';
import { settled, until } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('streaming mode', { concurrency: 3 }, () => {
  test('gives the body to stdin and stdout to the client', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const answer = await watchdog.request({ method: 'POST', body: 'hi there' });
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, 'hi there', false]);
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    const body = randomBytes(3 << 20);
    const large = await watchdog.request({ method: 'POST', body });
    assert.ok(large.body.equals(body));
  });

  test('serves any method, and HEAD without a body', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'env' });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const answer = await watchdog.request({ method });
      assert.equal(answer.status, 200, method);
      assert.ok(answer.text.split('\n').includes(`Http_Method=${method}`), method);
    }
    const head = await watchdog.request({ method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  test('answers with content_type', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', content_type: 'text/plain; charset=utf-8' });
    const answer = await watchdog.request({ method: 'POST', body: 'x' });
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  });

  test('passes output on as it is made', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('part-by-part.sh') });
    let parts = 0;
    const answer = await watchdog.request({
      // the process goes on to its next part when the part before has arrived
      onChunk: () => {
        parts += 1;
        watchdog.makeFile(`go-${parts}`);
      },
    });
    assert.equal(answer.text, 'part 0\npart 1\npart 2\n');
    assert.ok(answer.chunkTimes.length >= 3);
  });

  test('passes input on as it comes', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    let echoed = '';
    const answer = await watchdog.request({
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: (sent) => {
        sent.write('1');
        sent.on('response', (response) => {
          response.on('data', (chunk: Buffer) => {
            echoed += chunk.toString();
            if (echoed.length < 4) sent.write(String(echoed.length + 1));
            else sent.end();
          });
        });
      },
    });
    assert.equal(answer.text, '1234');
  });

  test('holds 128 MiB neither way in memory', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const before = residentBytesOf(watchdog.pid);
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, residentBytesOf(watchdog.pid))), 20);
    t.after(() => clearInterval(watch));
    const block = Buffer.alloc(1 << 20, 5);
    const digest = createHash('sha256');
    for (let sent = 0; sent < 128; sent += 1) digest.update(block);
    const answer = await watchdog.request({
      method: 'POST',
      body: (sent) => {
        let left = 128;
        const write = (): void => {
          while (left > 0) {
            left -= 1;
            if (!sent.write(block)) return void sent.once('drain', write);
          }
          sent.end();
        };
        write();
      },
    });
    assert.equal(createHash('sha256').update(answer.body).digest('hex'), digest.digest('hex'));
    assert.ok(peak - before < 64 << 20, `grew by ${(peak - before) >> 20} MiB`);
  });

  test('makes the process wait when the client does not read', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'head -c 67108864 /dev/zero' });
    const connection = await watchdog.connect();
    connection.pause();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [pid] = await until(() => watchdog.leftovers().length > 0 && watchdog.leftovers(), 'the process');
    await until(() => writtenBytesOf(pid ?? 0) > 0, 'its first output');
    const written = await settled(() => writtenBytesOf(pid ?? 0), 300);
    assert.ok(written < 32 << 20, `${written >> 20} MiB were taken from it`);
    connection.resume();
    await connection.waitClosed();
    assert.ok(connection.received.length > 64 << 20);
  });

  test('an answer without any output is an empty 200', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'true' });
    const answer = await watchdog.request({ method: 'POST', body: 'unread' });
    assert.deepEqual([answer.status, answer.text, answer.aborted], [200, '', false]);
  });

  test('HEAD does not hold up a process that has much to say', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'head -c 10000000 /dev/zero' });
    const answer = await watchdog.request({ method: 'HEAD' });
    assert.deepEqual([answer.status, answer.text], [200, '']);
    await watchdog.stderr.waitFor(/HEAD \/ - 200 /);
  });
});

test('processes that wait for something wait together', async (t) => {
  const watchdog = await startWatchdog(t, { fprocess: behaviour('until-file.sh', 'go') });
  const answers = Array.from({ length: 40 }, () => watchdog.request());
  await until(() => watchdog.leftovers().length >= 40, 'all to be started');
  watchdog.makeFile('go');
  for (const { text } of await Promise.all(answers)) assert.equal(text, 'done\n');
});
