// A function in inproc mode whose head leaves its client without an answer, or with one whose end it cannot find.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture } from '../support/command.ts';
import type { Owner } from '../support/owner.ts';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';

const NOT_SENT = "the function's response cannot be sent on: ";

/** Paths of the fixture, and the lines that the client gets. */
const REFUSED: Readonly<Record<string, string>> = {
  '/interim-100': `${NOT_SENT}the status 100 is an interim one`,
  '/interim-101': `${NOT_SENT}the status 101 is an interim one`,
  '/interim-status': `${NOT_SENT}the status 103 is an interim one`,
  '/interim-flushed': `${NOT_SENT}the status 150 is an interim one`,
  '/two-lengths': `${NOT_SENT}there is more than one Content-Length`,
  '/list-of-lengths': `${NOT_SENT}there is more than one Content-Length`,
  '/no-number': `${NOT_SENT}Content-Length is no number: abc`,
  '/negative': `${NOT_SENT}Content-Length is no number: -1`,
  '/both': `${NOT_SENT}Content-Length and Transfer-Encoding exclude each other`,
  '/both-written': `${NOT_SENT}Content-Length and Transfer-Encoding exclude each other`,
  '/identity': `${NOT_SENT}Transfer-Encoding does not end with chunked: identity`,
  '/ends-early': 'the function ended its response before the 9 bytes that its Content-Length says',
  '/ends-without-a-body': 'the function ended its response before the 9 bytes that its Content-Length says',
};

/** Paths whose response is followed by another on the same connection, and what comes before that. */
const KEPT: Readonly<Record<string, RegExp>> = {
  '/too-much-at-once': /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n[^]*\r\n\r\nfour$/,
  '/too-much-in-pieces': /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n[^]*\r\n\r\nfour$/,
  '/characters-for-bytes': /^HTTP\/1\.1 200 OK\r\nContent-Length: 5\r\n[^]*\r\n\r\nfour\xc3$/,
  '/no-content': /^HTTP\/1\.1 204 No Content\r\n[^]*\r\n\r\n$/,
  '/not-modified': /^HTTP\/1\.1 304 Not Modified\r\n[^]*\r\n\r\n$/,
};

const NEXT = 'GET /_/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

function start(owner: Owner): Promise<Watchdog> {
  return startWatchdog(owner, { mode: 'inproc', handler_path: fixture('inproc/framing.cjs') });
}

describe('a head of a function in this process', { concurrency: 4 }, () => {
  test('that cannot be sent is a 500 that says why', async (t) => {
    const watchdog = await start(t);
    for (const [path, line] of Object.entries(REFUSED)) {
      const { status, text, headers } = await watchdog.request({ path });
      assert.deepEqual([status, text], [500, `${line}\n`], path);
      assert.equal(headers['x-openfaas-internal'], 'of-watchdog');
    }
  });

  test('bounds its body: what is too much is no other response', async (t) => {
    const watchdog = await start(t);
    for (const [path, pattern] of Object.entries(KEPT)) {
      const { text } = await watchdog.exchange(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n${NEXT}`);
      const [first = '', second = ''] = text.split(/(?=HTTP\/1\.1 200 OK\r\nContent-Type)/);
      assert.match(first, pattern, path);
      assert.match(second, /\r\n\r\nOK$/, path);
    }
  });

  test('whose body ends early breaks the response off', async (t) => {
    const watchdog = await start(t);
    const { text } = await watchdog.exchange(`GET /breaks HTTP/1.1\r\nHost: x\r\n\r\n${NEXT}`);
    assert.match(text, /\r\n\r\nfour$/);
    await watchdog.stderr.waitFor(/GET \/breaks - 500/);
  });

  test('bounds nothing where the request is a HEAD', async (t) => {
    const watchdog = await start(t);
    const { status, headers } = await watchdog.request({ method: 'HEAD', path: '/ends-without-a-body' });
    assert.deepEqual([status, headers['content-length']], [200, '9']);
  });
});
