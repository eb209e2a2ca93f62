import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import type { Owner } from '../support/owner.ts';
import { startUpstream } from '../support/upstream.ts';
import { runWatchdog, startWatchdog, type Run } from '../support/watchdog.ts';

/** Takes a port as another program would. */
function takePort(owner: Owner): Promise<string> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, () => {
      const address = server.address();
      resolve(String(typeof address === 'object' && address ? address.port : 0));
    });
    owner.after(() => void server.close());
  });
}

function assertOneClearLine(run: Run, pattern: RegExp): void {
  assert.notEqual(run.code, 0, run.log);
  assert.notEqual(run.code, null, run.log);
  const last = run.stderr.trimEnd().split('\n').at(-1) ?? '';
  assert.match(last, pattern);
  assert.doesNotMatch(run.log, /^\s+at /m, 'no stack trace');
}

describe('a start that cannot succeed ends with one clear line', { concurrency: 3 }, () => {
  test('the port is in use', async (t) => {
    const port = await takePort(t);
    const run = await runWatchdog(t, { fprocess: 'cat', port });
    assertOneClearLine(run, new RegExp(`\\b${port}\\b.*in use`));
  });

  test('the metrics port is in use', async (t) => {
    const port = await takePort(t);
    const run = await runWatchdog(t, { fprocess: 'cat', metrics_port: port });
    assertOneClearLine(run, new RegExp(`metrics.*\\b${port}\\b|\\b${port}\\b.*metrics`));
    assert.match(run.stderr, /in use/);
  });

  test('a port in use leaves no lock-file behind and no function running', async (t) => {
    const folder = makeFolder(t);
    const port = await takePort(t);
    const upstream = { mode: 'http', fprocess: 'sleep 600', upstream_url: 'http://127.0.0.1:1' };
    const run = await runWatchdog(t, { ...upstream, port }, { folder });
    assertOneClearLine(run, new RegExp(port));
    assert.ok(!existsSync(path.join(folder, '.lock')));
  });

  test('the folder of the lock-file cannot be made', async (t) => {
    const file = path.join(makeFolder(t), 'a-file');
    writeFileSync(file, '');
    const run = await runWatchdog(t, { fprocess: 'cat', TMPDIR: path.join(file, 'below') });
    assertOneClearLine(run, /suppress_lock/);
    assert.match(run.stderr, new RegExp(`${file}/below/\\.lock`));
  });

  test('the lock-file itself cannot be written', async (t) => {
    const folder = makeFolder(t);
    const taken = path.join(folder, 'tmp');
    mkdirSync(path.join(taken, '.lock'), { recursive: true });
    const run = await runWatchdog(t, { fprocess: 'cat', TMPDIR: taken });
    assertOneClearLine(run, /suppress_lock/);
  });

  for (const mode of ['streaming', 'serializing', 'classic', 'http', 'static']) {
    test(`with suppress_lock nothing is written there, so that it can be read-only: ${mode}`, async (t) => {
      const file = path.join(makeFolder(t), 'a-file');
      writeFileSync(file, '');
      const { url } = await startUpstream(t);
      const watchdog = await startWatchdog(t, {
        mode,
        fprocess: mode === 'http' ? 'sleep 600' : 'cat',
        upstream_url: url,
        static_path: path.dirname(file),
        TMPDIR: path.join(file, 'below'),
        suppress_lock: 'true',
      });
      const answer = await watchdog.request({
        method: 'POST',
        body: 'x',
        path: mode === 'static' ? '/a-file' : '/',
      });
      assert.equal(answer.status, 200, answer.text);
      watchdog.kill('SIGTERM');
      assert.equal((await watchdog.waitExit()).code, 0);
    });
  }

  test('a missing folder of the lock-file is made', async (t) => {
    const folder = path.join(makeFolder(t), 'not', 'there', 'yet');
    await startWatchdog(t, { fprocess: 'cat', TMPDIR: folder });
    assert.ok(existsSync(path.join(folder, '.lock')));
  });

  test('the function of http mode cannot be started', async (t) => {
    const file = path.join(makeFolder(t), 'not-executable');
    writeFileSync(file, 'text');
    for (const fprocess of ['/does/not/exist', file]) {
      const run = await runWatchdog(t, { mode: 'http', fprocess, upstream_url: 'http://127.0.0.1:1' });
      assertOneClearLine(run, new RegExp(fprocess));
    }
  });
});
