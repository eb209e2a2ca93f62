import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startForwarding, startRawUpstream } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

const DISPOSITION = 'attachment; filename="\u00e9\u0080\u00ff.txt"';
const BODIES = ['Content-Length: 2\r\n', 'Transfer-Encoding: chunked\r\n', ''];

async function answer(socket: Socket, framing: string): Promise<void> {
  await once(socket, 'data');
  const head = `${framing}Content-Disposition: ${DISPOSITION}\r\nX-Name: \u00e9\r\n`;
  const body = framing.startsWith('T') ? '2\r\nok\r\n0\r\n\r\n' : 'ok';
  socket.end(`HTTP/1.1 200 OK\r\n${head}Connection: close\r\n\r\n${body}`, 'latin1');
}

for (const fast_path of ['true', 'false']) {
  for (const framing of BODIES) {
    const of = `fast_path=${fast_path}, ${framing.trim() || 'until the end'}`;
    test(`header values beyond ASCII pass byte for byte: ${of}`, async (t) => {
      const upstream = await startRawUpstream(t, (socket) => void answer(socket, framing));
      const variables = { mode: 'http', fprocess: IDLE, upstream_url: upstream.url, fast_path };
      const { status, text, headers } = await (await startWatchdog(t, variables)).request();
      assert.deepEqual([status, text], [200, 'ok']);
      assert.deepEqual([headers['content-disposition'], headers['x-name']], [DISPOSITION, '\u00e9']);
    });
  }
}

/** Requests, each of another way to the function. The function answers with the value of X-Name that it got. */
const REQUESTS: Readonly<Record<string, string>> = {
  'without a body': 'GET / HTTP/1.1\r\n\r\n',
  'with a body': 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok',
  'with chunks': 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'with trailers':
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n',
  'with an expectation': 'POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok',
  'of the whole server': 'OPTIONS * HTTP/1.1\r\n\r\n',
  'for an upgrade': 'GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
};

for (const fast_path of ['true', 'false']) {
  test(`header values beyond ASCII reach the function byte for byte, with fast_path=${fast_path}`, async (t) => {
    const { watchdog } = await startForwarding(t, mirrorName, { fast_path });
    for (const [what, request] of Object.entries(REQUESTS)) {
      const [head = '', ...body] = request.split(/(?<=\r\n\r\n)/);
      const headers = `Host: x\r\nX-Name: ${DISPOSITION}\r\nContent-Disposition: ${DISPOSITION}\r\n`;
      const sent = head.replace('\r\n', `\r\n${headers}`) + body.join('');
      const connection = await watchdog.connect();
      connection.send(sent);
      await connection.waitFor(/ 200 OK\r\n[^]*\r\n\r\n/);
      const [, name] = /^x-name: (.*)\r$/im.exec(connection.received) ?? [];
      assert.equal(name, `${DISPOSITION} ${DISPOSITION}`, what);
      connection.destroy();
    }
  });
}

function mirrorName(request: IncomingMessage, response: ServerResponse): void {
  const { 'x-name': name, 'content-disposition': disposition } = request.headers;
  const value = `${String(name)} ${disposition}`;
  request.resume().on('end', () => response.writeHead(200, ['X-Name', value]).end(Buffer.from('ok')));
}
