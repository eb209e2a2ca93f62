import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import { startInproc } from '../support/inproc.ts';
import { within } from '../support/wait.ts';
import { startWatchdog } from '../support/watchdog.ts';

const PIECE = Buffer.alloc(64 << 10, 'x');

/** Milliseconds in which a reset, if there is one, meets the client's next write. */
const BEFORE_READING_MS = 250;

/**
 * Sends the head and then never stops sending; reads only a moment later.
 * @returns everything that came back until the connection was closed or reset
 */
async function sendOn(port: number, head: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  socket.pause().write(head);
  setTimeout(() => socket.resume(), BEFORE_READING_MS);
  const sending = setInterval(() => socket.write(PIECE), 5);
  await within(new Promise((resolve) => socket.once('close', resolve)), 'the connection to be closed');
  clearInterval(sending);
  return received;
}

describe('a client that goes on sending still gets its answer', () => {
  test('when its body has stalled', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'serializing', fprocess: 'cat', read_timeout: '100ms' });
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${1 << 30}\r\n\r\n`;
    assert.match(await sendOn(watchdog.port, head), /^HTTP\/1\.1 408 [^]*read_timeout of 100ms/);
  });

  test('when what it sends is no request', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat' });
    const received = await sendOn(watchdog.port, 'GET / HTTP/1.1\r\nBad : x\r\n\r\n');
    assert.match(received, /^HTTP\/1\.1 400 [^]*cannot be read/);
  });

  test('when its chunks cannot be read', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'serializing', fprocess: 'cat' });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n';
    assert.match(await sendOn(watchdog.port, head), /^HTTP\/1\.1 400 [^]*cannot be read/);
  });

  const UNREAD = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${1 << 30}\r\n\r\n`;

  test('when the process does not read its body', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'echo done' });
    assert.match(await sendOn(watchdog.port, UNREAD), /^HTTP\/1\.1 200 [^]*done/);
  });

  test('when the function in the watchdog’s own process does not', async (t) => {
    const watchdog = await startInproc(t);
    assert.match(await sendOn(watchdog.port, UNREAD), /^HTTP\/1\.1 200 [^]*served POST/);
  });
});
