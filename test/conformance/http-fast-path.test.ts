import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import net from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { startWatchdog, type Watchdog } from '../support/watchdog.ts';
import { mutated, mutation, reply, request, toHead, type Reply } from '../support/http-cases.ts';
import { normal } from '../support/normal-responses.ts';
import { IDLE } from '../support/command.ts';
import { within } from '../support/wait.ts';

/** Writes the bytes in pieces, a moment after each other. */
async function writeInPieces(socket: net.Socket, bytes: string, at: readonly number[]): Promise<void> {
  let from = 0;
  for (const length of at) {
    if (from + length >= bytes.length || socket.destroyed) break;
    socket.write(bytes.slice(from, from + length), 'latin1');
    from += length;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (!socket.destroyed) socket.write(bytes.slice(from), 'latin1');
}

/** Plays the function: it answers with the bytes of the test, and records the request. */
function makeFunction() {
  const state: { reply: Reply; seen: string } = { reply: { bytes: '', closes: false, cuts: [] }, seen: '' };
  const server = createServer({ maxHeaderSize: 1 << 20 }, (incoming, response) => {
    const { socket } = incoming;
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', rawHeaders } = incoming;
      if (url === '/bye') return response.end('bye');
      // Connection belongs to each hop, and so do the fields that frame the body
      const headers = pairs(rawHeaders).filter(
        (pair) => !/^(connection,.*|transfer-encoding,.*|content-length,.*)$/i.test(pair.join()),
      );
      const whole = Buffer.concat(chunks).toString('latin1');
      state.seen += JSON.stringify({ method, url, headers: headers.sort(), whole });
      const { bytes, closes, cuts: at } = state.reply;
      response.assignSocket = () => undefined;
      void writeInPieces(socket, bytes, at).then(() => {
        if (closes) return socket.end();
        response.detachSocket(socket);
        socket.destroySoon(); // from here on Node's view of this connection is wrong
      });
    });
  });
  return { server, state };
}

function pairs(raw: readonly string[]): string[][] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? '']] : []));
}

/**
 * Sends the request, and one more behind it.
 * @returns everything that came back
 */
async function ask(watchdog: Watchdog, bytes: string, at: readonly number[]): Promise<string> {
  const socket = net.connect(watchdog.port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const bye = 'GET /bye HTTP/1.1\r\nHost: function\r\nConnection: close\r\n\r\n';
  await writeInPieces(socket, bytes + bye, at);
  await within(closed, `the answer to ${JSON.stringify(bytes.slice(0, 400))}`);
  return received;
}

/** Whether the client can tell that the response is not whole. */
function hasFailed(received: readonly string[]): boolean {
  return received.some(
    (text) => text.endsWith('<cut>') || /HTTP\/1\.1 500[^]*X-OpenFaaS-Internal/.test(text),
  );
}

/** The same cases each time; FUZZ_SEED and FUZZ_RUNS try others. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 200);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

describe('the fast path does what Node’s server and undici do', { concurrency: 2 }, () => {
  const compare = async (t: TestContext, cases: fc.Arbitrary<[{ bytes: string; cuts: number[] }, Reply]>) => {
    const { server, state } = makeFunction();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    t.after(() => server.closeAllConnections());
    const { port } = server.address() as net.AddressInfo;
    const variables = {
      mode: 'http',
      fprocess: IDLE,
      upstream_url: `http://127.0.0.1:${port}`,
      log_format: 'json',
      read_timeout: '2s',
    };
    const fast = await startWatchdog(t, variables);
    const slow = await startWatchdog(t, { ...variables, fast_path: 'false' });
    const property = fc.asyncProperty(cases, async ([asked, whole]) => {
      const answer = asked.bytes.startsWith('HEAD') ? toHead(whole) : whole;
      const outcomes = [];
      for (const watchdog of [slow, fast]) {
        Object.assign(state, { reply: answer, seen: '' });
        const received = normal(await ask(watchdog, asked.bytes, asked.cuts));
        outcomes.push({ seen: state.seen, received });
      }
      assert.equal(outcomes[1]?.seen, outcomes[0]?.seen);
      // a fault that comes together with the head is a 500 on one way, and breaks the response off on the
      // other
      if (outcomes.every(({ received }) => hasFailed(received))) return;
      assert.deepEqual(outcomes[1]?.received, outcomes[0]?.received);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  };

  test('for requests and responses of all kinds', (t) => compare(t, fc.tuple(request, reply)));

  test('for requests with a fault in them', (t) => {
    const broken = fc
      .tuple(request, mutation)
      .map(([{ bytes, cuts: at }, change]) => ({ bytes: mutated(bytes, change), cuts: at }));
    return compare(t, fc.tuple(broken, reply));
  });

  test('for responses with a fault in them', (t) => {
    const broken = fc
      .tuple(reply, mutation)
      .map(([answer, change]) => ({ ...answer, closes: true, bytes: mutated(answer.bytes, change) }))
      .filter(({ bytes }) => bytes.includes('\r\n\r\n')); // undici takes a head for whole that lacks its last byte
    // bytes behind the response to a HEAD belong to nothing, and the two ways notice them at different times
    const asked = request.filter(({ bytes }) => !bytes.startsWith('HEAD'));
    return compare(t, fc.tuple(asked, broken));
  });
});
