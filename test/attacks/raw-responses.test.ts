// Responses as bytes, of all the kinds that were found to be relayed wrongly: at once and in pieces, on both ways through
// http mode. A new case is a row of test/support/response-cases.ts.
import assert from 'node:assert/strict';
import type net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { RESPONSE_CASES, type ResponseCase } from '../support/response-cases.ts';
import { startRawForwarding } from '../support/upstream.ts';
import { within } from '../support/wait.ts';
import type { Watchdog } from '../support/watchdog.ts';

const AFTER = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n[after]';

/** The function's answer to a request, by its path. */
const said = new Map<string, { row: ResponseCase; pieces: readonly string[] }>();
let asked = 0;
/** Writes the late bytes when the next request comes. */
let sendLate: (() => void) | undefined;

/** Plays the function on one connection. */
function serve(socket: net.Socket): void {
  let heard = '';
  socket.setNoDelay();
  socket.on('end', () => socket.end());
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString('latin1');
    const request = /^(?:\r\n)*[A-Z]+ (\/\S*) [^]*?\r\n\r\n/.exec(heard);
    if (!request) return;
    heard = heard.slice(request[0].length);
    sendLate?.();
    const answer = said.get(request[1] ?? '');
    const late = answer?.row.late;
    sendLate = late === undefined ? undefined : () => void socket.write(late, 'latin1');
    void say(socket, answer?.pieces ?? [AFTER], answer?.row.ends);
  });
}

async function say(socket: net.Socket, pieces: readonly string[], ends?: true): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    if (pieces.length > 1) await turn();
  }
  if (ends) socket.end();
}

/** Makes the function answer with the pieces of a case, and checks what the client gets. */
async function check(watchdog: Watchdog, row: ResponseCase, pieces: readonly string[]): Promise<void> {
  asked += 1;
  const path = `/${asked}`;
  said.set(path, { row, pieces });
  const connection = await watchdog.connect();
  connection.send(
    `${row.method ?? 'GET'} ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  await within(connection.waitClosed(), `the end of ${path}, in ${pieces.length} pieces`);
  const { received } = connection;
  connection.destroy();
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  const unchunked = received.replaceAll(/\r\n[0-9a-f]+\r\n/g, '');
  const bodies = [...unchunked.matchAll(/\[(\w+)\]/g)].map((match) => match[1]);
  if (row.isBrokenOff) {
    assert.ok(statuses.every((status) => status === row.status) && !bodies.includes('after'), received);
    assert.doesNotMatch(received, /\r\n0\r\n/);
    return;
  }
  assert.deepEqual(
    [statuses.filter((status) => status >= 200), bodies],
    [
      [row.status, 200],
      [...(row.status === 500 ? [] : (row.bodies ?? [])), 'after'],
    ],
    received,
  );
  if (row.text) assert.match(received, row.text);
}

/** Cuts a case in two at every byte. */
function cuts({ input }: ResponseCase): (readonly string[])[] {
  return Array.from(input.slice(1), (_none, at) => [input.slice(0, at + 1), input.slice(at + 1)]);
}

for (const fastPath of ['true', 'false']) {
  test(`fast_path=${fastPath}`, async (t) => {
    const watchdog = await startRawForwarding(t, serve, { fast_path: fastPath });
    for (const common of RESPONSE_CASES) {
      const row = { ...common, ...(fastPath === 'false' && common.slowly) };
      await t.test(row.name, async () => {
        await check(watchdog, row, [row.input]);
        if (row.input.length > 1000) return;
        await check(watchdog, row, row.input.split(''));
        if (row.late === undefined)
          await Promise.all(cuts(row).map((pieces) => check(watchdog, row, pieces)));
        else for (const pieces of cuts(row)) await check(watchdog, row, pieces);
      });
    }
  });
}
