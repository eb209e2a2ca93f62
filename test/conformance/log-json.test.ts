import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour, IDLE } from '../support/command.ts';
import { serverFunction, startForwarding, startRawUpstream } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

interface JsonLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly duration?: number;
  readonly call_id?: string | null;
  readonly failure?: string;
  readonly code?: string;
}

/** The watchdog's own lines; each must be one JSON object. */
function linesOf(watchdog: Watchdog): JsonLine[] {
  return watchdog.stderr.lines.map((line) => {
    const parsed = JSON.parse(line) as JsonLine;
    assert.ok(['debug', 'info', 'warn', 'error', 'fatal'].includes(parsed.level), line);
    assert.ok(!Number.isNaN(Date.parse(parsed.time)), line);
    assert.equal(typeof parsed.msg, 'string', line);
    return parsed;
  });
}

async function accessOf(watchdog: Watchdog, path: string): Promise<JsonLine> {
  return until(
    () => linesOf(watchdog).find((line) => line.path === path && line.status),
    `the line of ${path}`,
  );
}

const JSON_FORMAT = { log_format: 'json' };

describe('log_format=json', { concurrency: 3 }, () => {
  for (const mode of ['streaming', 'serializing', 'classic']) {
    test(`${mode}: every line is an object, from the start to the end`, async (t) => {
      const watchdog = await startWatchdog(t, { mode, fprocess: 'cat', ...JSON_FORMAT });
      await watchdog.request({
        method: 'POST',
        path: '/p?q=1',
        headers: { 'x-call-id': 'id' },
        body: 'four',
      });
      const line = await accessOf(watchdog, '/p?q=1');
      assert.equal(line.method, 'POST');
      assert.equal(line.status, 200);
      assert.equal(line.bytes, 4);
      assert.equal(line.call_id, 'id');
      assert.equal(typeof line.duration, 'number');
      assert.ok((line.duration ?? -1) >= 0 && (line.duration ?? 99) < 10, 'seconds');
      assert.equal(line.failure, undefined);
      watchdog.kill('SIGTERM');
      await watchdog.waitExit();
      assert.ok(linesOf(watchdog).some(({ msg }) => msg.includes('SIGTERM')));
      assert.equal(watchdog.stdout.text, '');
    });
  }

  test('http: failures are told in the line, and no call id is null', async (t) => {
    const { watchdog } = await startForwarding(
      t,
      (request, response) => {
        if (request.url === '/hang') return;
        if (request.url === '/cut') response.write('abc', () => response.destroy());
        else response.destroy();
      },
      { ...JSON_FORMAT, exec_timeout: '300ms' },
    );
    await Promise.all(['/hang', '/cut', '/die'].map((path) => watchdog.request({ method: 'POST', path })));
    const hang = await accessOf(watchdog, '/hang');
    assert.equal(hang.status, 504);
    assert.match(hang.failure ?? '', /exec_timeout of 300ms/);
    assert.equal(hang.call_id, null);
    const cut = await accessOf(watchdog, '/cut');
    assert.equal(cut.status, 500);
    assert.equal(cut.bytes, 3);
    assert.ok(cut.failure);
    assert.equal((await accessOf(watchdog, '/die')).status, 500);
  });

  test('http: the code tells how the function failed', async (t) => {
    const upstream = await startRawUpstream(t, (socket) => {
      socket.once('data', (bytes: Buffer) => {
        if (bytes.includes('/odd')) socket.end('nonsense\r\n\r\n');
        else socket.resetAndDestroy();
      });
    });
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: IDLE,
      upstream_url: upstream.url,
      ...JSON_FORMAT,
    });
    const codeOf = async (path: string): Promise<string | undefined> => {
      const { status, body } = await watchdog.request({ method: 'POST', path });
      assert.equal(status, 500);
      const text = body.toString().trim();
      return (await until(() => linesOf(watchdog).findLast(({ code, msg }) => code && msg === text), text))
        .code;
    };
    assert.equal(await codeOf('/odd'), 'UPSTREAM_MALFORMED');
    assert.equal(await codeOf('/reset'), 'UPSTREAM_RESET');
    upstream.server.close(); // it listens no more from here on
    assert.equal(await codeOf('/nobody'), 'UPSTREAM_REFUSED');
  });

  test('http: a client that goes away', async (t) => {
    const { watchdog } = await startForwarding(t, () => undefined, JSON_FORMAT);
    const connection = await watchdog.connect();
    await connection.flush('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(async () => /in_flight 1$/m.test(await watchdog.metrics()), 'the request to arrive');
    connection.destroy();
    const line = await accessOf(watchdog, '/gone');
    assert.equal(line.status, 499);
    assert.match(line.failure ?? '', /client went away/);
  });

  test('static', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'static', static_path: '/nowhere', ...JSON_FORMAT });
    await watchdog.request({ path: '/x' });
    assert.equal((await accessOf(watchdog, '/x')).status, 404);
  });

  test('what cannot be parsed as a request is a line as well', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', ...JSON_FORMAT });
    await watchdog.exchange('nonsense\r\n\r\n');
    await watchdog.exchange('GET /"quoted"\\back HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await accessOf(watchdog, '/"quoted"\\back');
    linesOf(watchdog);
  });

  test('the function’s lines stay what they are, on their own streams', async (t) => {
    const watchdog = await startWatchdog(t, serverFunction(JSON_FORMAT));
    await watchdog.request({ path: '/log?text=mine' });
    await watchdog.stdout.waitFor(/^to-stdout mine$/m);
    await watchdog.stderr.waitFor(/^to-stderr mine$/m);
  });

  test('prefix_logs=true prefixes them all the same', async (t) => {
    const watchdog = await startWatchdog(t, serverFunction({ ...JSON_FORMAT, prefix_logs: 'true' }));
    await watchdog.request({ path: '/log?text=mine' });
    await watchdog.stdout.waitFor(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d stdout: to-stdout mine$/m);
  });

  test('classic’s debug lines are objects too', async (t) => {
    const watchdog = await startWatchdog(t, {
      mode: 'classic',
      fprocess: 'sh -c "echo out; echo err >&2; exit 1"',
      combine_output: 'false',
      write_debug: 'true',
      ...JSON_FORMAT,
    });
    await watchdog.request({ path: '/debugged' });
    await accessOf(watchdog, '/debugged');
    assert.ok(linesOf(watchdog).some(({ msg }) => /stderr: err/.test(msg)));
  });

  test('the end of the function is an object', async (t) => {
    const watchdog = await startWatchdog(t, {
      mode: 'http',
      fprocess: behaviour('fail-soon.sh'),
      upstream_url: 'http://127.0.0.1:1',
      ...JSON_FORMAT,
    });
    await watchdog.waitExit();
    assert.ok(linesOf(watchdog).some(({ level, msg }) => level === 'error' && /exit status 9/.test(msg)));
  });
});
