import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWatchdog } from '../support/watchdog.ts';

interface Marshalled {
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: { readonly raw: string };
}

const VARIABLES = { mode: 'classic', fprocess: 'cat', marshal_request: 'true' };

describe('marshal_request', { concurrency: 2 }, () => {
  test('gives the process the headers and the body as JSON', async (t) => {
    const watchdog = await startWatchdog(t, VARIABLES);
    const answer = await watchdog.request({
      method: 'POST',
      body: Buffer.from([0, 1, 254, 255]),
      headers: { 'x-h': ['v', 'w'], 'content-type': 'a/b' },
    });
    const { header, body } = JSON.parse(answer.text) as Marshalled;
    assert.equal(body.raw, Buffer.from([0, 1, 254, 255]).toString('base64'));
    assert.deepEqual(header['X-H'], ['v', 'w']);
    assert.deepEqual(header['Content-Type'], ['a/b']);
    assert.deepEqual(header['Content-Length'], ['4']);
    assert.equal(header['Host'], undefined, 'as Go keeps it apart');
  });

  test('an empty body is an empty text', async (t) => {
    const watchdog = await startWatchdog(t, VARIABLES);
    const { body } = JSON.parse((await watchdog.request()).text) as Marshalled;
    assert.equal(body.raw, '');
  });

  test('header values are the UTF-8 that they are, or else Latin-1', async (t) => {
    const watchdog = await startWatchdog(t, VARIABLES);
    const utf8 = Buffer.from('größe').toString('latin1');
    const answer = await watchdog.request({ headers: { 'x-utf8': utf8, 'x-latin1': 'gr\u00f6\u00dfe' } });
    const { header } = JSON.parse(answer.text) as Marshalled;
    assert.deepEqual([header['X-Utf8'], header['X-Latin1']], [['größe'], ['größe']]);
  });
});
