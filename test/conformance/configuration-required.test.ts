import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog, runWatchdog } from '../support/watchdog.ts';

/** The line that says why a start failed, which is the last one. */
function reasonOf(log: string): string {
  return log.trimEnd().split('\n').at(-1) ?? '';
}

describe('what must be set', { concurrency: 3 }, () => {
  test('without a function process it ends with 1 and names the variables', async (t) => {
    for (const mode of ['streaming', 'serializing', 'classic', 'http']) {
      const run = await runWatchdog(t, { mode, upstream_url: 'http://127.0.0.1:1' });
      assert.equal(run.code, 1, mode);
      assert.match(reasonOf(run.log), /"function_process" or "fprocess"/, mode);
    }
  });

  test('static mode needs no function process', async (t) => {
    await startWatchdog(t, { mode: 'static', static_path: '/tmp' });
  });

  test('http mode without an upstream ends with an error that names upstream_url', async (t) => {
    for (const variables of [{}, { upstream_url: '' }, { http_upstream_url: '', upstream_url: '' }]) {
      const run = await runWatchdog(t, { mode: 'http', fprocess: 'cat', ...variables });
      assert.equal(run.code, 1);
      assert.match(reasonOf(run.log), /upstream_url/);
    }
  });

  test('jwt_auth without OPENFAAS_NAME ends with an error that names it', async (t) => {
    const run = await runWatchdog(t, { fprocess: 'cat', jwt_auth: 'true' });
    assert.equal(run.code, 1);
    assert.match(reasonOf(run.log), /OPENFAAS_NAME/);
  });

  test('an unknown mode is named together with the modes there are', async (t) => {
    const run = await runWatchdog(t, { mode: 'nonsense', fprocess: 'cat' });
    assert.equal(run.code, 1);
    const reason = reasonOf(run.log);
    for (const word of ['nonsense', 'streaming', 'serializing', 'classic', 'http', 'static']) {
      assert.ok(reason.includes(word), `${word} in: ${reason}`);
    }
  });

  test('a start that fails says why in one line, in JSON too when that is the format', async (t) => {
    const run = await runWatchdog(t, { mode: 'streaming', log_format: 'json' });
    assert.equal(run.code, 1);
    const lines = run.stderr.trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as { level: string; msg: string };
    assert.equal(last.level, 'error');
    assert.match(last.msg, /fprocess/);
    assert.equal(run.stdout, '');
  });
});
