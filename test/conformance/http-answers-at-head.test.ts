import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startForwarding } from '../support/upstream.ts';

const LENGTHS = { chunked: 'Transfer-Encoding: chunked', length: 'Content-Length: 5' };

for (const fastPath of ['true', 'false']) {
  describe(`a request whose body has not begun, fast_path=${fastPath}`, () => {
    for (const [name, line] of Object.entries(LENGTHS)) {
      test(`reaches the function by its head: ${name}`, async (t) => {
        const { watchdog } = await startForwarding(
          t,
          (request, response) => {
            response.writeHead(200, { 'X-Framing': request.headers['transfer-encoding'] ?? 'length' });
            response.write('[begun]');
            request.on('data', (bytes: Buffer) => response.write(`[${bytes.toString()}]`));
            request.on('end', () => response.end('[whole]'));
          },
          { fast_path: fastPath },
        );
        const connection = await watchdog.connect();
        connection.send(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${line}\r\n\r\n`);
        await connection.waitFor(/\[begun\]/);
        connection.send(name === 'chunked' ? '2\r\nab\r\n' : 'ab');
        await connection.waitFor(/\[ab\]/);
        connection.send(name === 'chunked' ? '3\r\ncde\r\n0\r\n\r\n' : 'cde');
        await connection.waitFor(/\[cde\][^]*\[whole\]/);
        await connection.waitClosed();
        assert.match(connection.received, new RegExp(`^X-Framing: ${name}`, 'm'));
      });
    }

    test('is refused by its head', async (t) => {
      const { watchdog, upstream } = await startForwarding(
        t,
        (_request, response) => response.writeHead(401).end('no'),
        { fast_path: fastPath },
      );
      const connection = await watchdog.connect();
      connection.send(`POST / HTTP/1.1\r\nHost: x\r\n${LENGTHS.chunked}\r\n\r\n`);
      await connection.waitFor(/ 401 [^]*no/);
      assert.equal(upstream.seen.length, 0);
    });
  });
}
