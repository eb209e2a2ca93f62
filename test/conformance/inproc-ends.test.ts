import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startInproc, writeFunction } from '../support/inproc.ts';
import { startWatchdog } from '../support/watchdog.ts';

describe('when the function of inproc mode fails', { concurrency: 3 }, () => {
  test('a throw or a rejection ends its own request with 500, and the log has the stack', async (t) => {
    const watchdog = await startInproc(t, { prefix_logs: 'false' });
    for (const [path, text] of [
      ['/throw', 'thrown at once'],
      ['/reject', 'a rejection'],
    ]) {
      const answer = await watchdog.request({ path: path ?? '' });
      assert.deepEqual([answer.status, answer.text], [500, `the function failed: ${text}\n`]);
      await watchdog.stderr.waitFor(new RegExp(`Error: ${text}\n +at `));
      await watchdog.stderr.waitFor(new RegExp(`GET ${path} - 500`));
    }
    assert.equal((await watchdog.request()).status, 200);
  });

  test('a response that it breaks off: 500 before the first byte, broken off after it', async (t) => {
    const watchdog = await startInproc(t);
    assert.equal((await watchdog.request({ path: '/destroy' })).status, 500);
    const answer = await watchdog.request({ path: '/destroy-under-way' });
    assert.deepEqual([answer.text, answer.aborted], ['begin', true]);
    await watchdog.stderr.waitFor(/the function broke off before the response was whole/);
    await watchdog.stderr.waitFor(/GET \/destroy-under-way - 500/);
    assert.equal((await watchdog.request()).status, 200);
  });

  for (const [path, reason] of [
    ['/throw-later', /an error that nobody caught: thrown in a timer/],
    ['/reject-later', /an error that nobody caught: rejected in a timer/],
    ['/exit?code=0', /the function called process\.exit\(0\)/],
    ['/exit?code=3', /the function called process\.exit\(3\)/],
  ] as const) {
    test(`${path} ends the watchdog non-zero, after the responses in flight`, async (t) => {
      const watchdog = await startInproc(t);
      const slow = watchdog.request({ path: '/slow?ms=400' });
      await watchdog.stdout.waitFor(/slow request begins/);
      const failing = watchdog.request({ path });
      await watchdog.stderr.waitFor(reason);
      const refused = watchdog.request();
      assert.equal((await slow).text, 'slow done');
      const answer = await failing;
      assert.equal(answer.status, 500);
      assert.match(answer.text, reason);
      assert.notEqual((await refused).status, 200);
      const { code } = await watchdog.waitExit();
      assert.ok(code !== null && code !== 0, `exit ${code}`);
      const lines = watchdog.stderr.lines.filter((line) => line.includes('Function has ended'));
      assert.equal(lines.length, 1);
    });
  }

  test('process.exit in a request does not return', async (t) => {
    const watchdog = await startInproc(t);
    const answer = await watchdog.request({ path: '/exit-at-once?code=4' });
    assert.equal(answer.status, 500);
    assert.match(answer.text, /process\.exit\(4\)/);
    assert.notEqual((await watchdog.waitExit()).code, 0);
  });

  test('a function that sees to its own uncaught errors goes on', async (t) => {
    const folder = writeFunction(t, {
      'own.cjs': `process.on('uncaughtException', (error) => console.error('seen:', error.message));
        module.exports = (request, response) => {
          setTimeout(() => { throw new Error('in a timer'); }, 1);
          setTimeout(() => Promise.reject(new Error('in a promise')), 1);
          setTimeout(() => response.end('ok'), 20);
        };`,
    });
    const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path: `${folder}/own.cjs` });
    assert.equal((await watchdog.request()).text, 'ok');
    await watchdog.stderr.waitFor(/seen: in a timer/);
    await watchdog.stderr.waitFor(/seen: in a promise/);
    assert.equal((await watchdog.request()).text, 'ok');
  });
});

describe('the end of inproc mode', { concurrency: 3 }, () => {
  test('SIGTERM: health 503, requests in flight are finished, then 0', async (t) => {
    const watchdog = await startInproc(t, { healthcheck_interval: '300ms' });
    const slow = watchdog.request({ path: '/slow?ms=600' });
    await watchdog.stdout.waitFor(/slow request begins/);
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections in/);
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 503);
    assert.equal((await watchdog.request()).status, 200);
    assert.equal((await slow).text, 'slow done');
    assert.equal((await watchdog.waitExit()).code, 0);
  });

  const ENDING = (how: string): string => `
    process.on('SIGTERM', (name) => console.log('told', name));
    export const createListener = (env) => (request, response) => setTimeout(() => response.end(env.GREETING), 200);
    export async function close() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log('closed');
      ${how}
    }`;

  for (const how of ['', 'process.exit(5);', "throw new Error('cannot close');"]) {
    test(`the function’s own end comes when its requests are done: ${how}`, async (t) => {
      const folder = writeFunction(t, { 'ending.mjs': ENDING(how) });
      const watchdog = await startWatchdog(t, {
        mode: 'inproc',
        handler_path: `${folder}/ending`,
        GREETING: 'hello',
        prefix_logs: 'false',
      });
      const slow = watchdog.request();
      await new Promise((resolve) => setTimeout(resolve, 50));
      watchdog.kill('SIGTERM');
      assert.equal((await slow).text, 'hello');
      assert.equal((await watchdog.waitExit()).code, 0);
      assert.match(watchdog.stdout.text, /^told SIGTERM\nclosed\n/);
      assert.match(watchdog.stderr.text, /GET \/ - 200/);
      if (how.startsWith('throw')) assert.match(watchdog.stderr.text, /Error: cannot close/);
    });
  }

  test('what it does at SIGTERM is waited for until process.exit', async (t) => {
    const folder = writeFunction(t, {
      'a.cjs': `process.once('SIGTERM', () => {
          setTimeout(() => { console.log('cleaned up'); process.exit(0); }, 200);
        });
        module.exports = (request, response) => response.end('ok');`,
    });
    const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path: `${folder}/a.cjs` });
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 0);
    assert.match(watchdog.stdout.text, /cleaned up/);
  });

  test('a second signal ends it at once', async (t) => {
    const watchdog = await startInproc(t, { healthcheck_interval: '30s' });
    watchdog.kill('SIGTERM');
    await watchdog.stderr.waitFor(/no new connections in/);
    watchdog.kill('SIGTERM');
    assert.equal((await watchdog.waitExit()).code, 143);
  });
});
