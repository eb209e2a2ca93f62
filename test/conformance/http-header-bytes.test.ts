import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startRawUpstream } from '../support/upstream.ts';
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
