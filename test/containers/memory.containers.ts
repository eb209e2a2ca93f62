import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { Container, FIXTURES } from './container.ts';

const IMAGE = 'localhost/dockerfile:latest';

const MODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: { fprocess: 'node /fixtures/server.mjs', upstream_url: 'http://127.0.0.1:3000' },
  inproc: { handler_path: '/fixtures/echo.cjs' },
  streaming: { fprocess: 'cat' },
  serializing: { fprocess: 'cat' },
  classic: { fprocess: 'cat' },
};

interface Load {
  readonly clients: number;
  readonly requests: number;
  /** Bytes of each body, which comes back. */
  readonly bytes: number;
}

const SMALL: Load = { clients: 32, requests: 3000, bytes: 1 << 10 };

/** By the limit in MB. */
const LOADS: Readonly<Record<string, readonly Load[]>> = {
  64: [SMALL, { clients: 4, requests: 100, bytes: 1 << 20 }],
  128: [
    { clients: 64, requests: 3000, bytes: 1 << 10 },
    { clients: 8, requests: 200, bytes: 1 << 20 },
  ],
};

for (const [limit, loads] of Object.entries(LOADS)) {
  for (const [mode, env] of Object.entries(MODES)) {
    // Two Nodes, the watchdog's and the function's, have no room for large bodies in the smaller one.
    const isTight = mode === 'http' && limit === '64';
    test(`${mode}: ${limit} MB hold under load`, async (t) => {
      const container = await Container.start(t, IMAGE, {
        env: { mode, ...env },
        flags: [`--volume=${FIXTURES}:/fixtures:ro`, `--memory=${limit}m`, `--memory-swap=${limit}m`],
      });
      const url = await (await container.ready()).url();
      const agent = new Agent({ keepAlive: true });
      t.after(() => agent.destroy());
      for (const load of isTight ? [SMALL] : loads) await serve(url, agent, load);
      assert.doesNotMatch(await container.logs(), /out of memory|signal: killed/);
      assert.equal(await container.stop(), 0);
    });
  }
}

/** Every request gets its body back. */
async function serve(url: string, agent: Agent, { clients, requests, bytes }: Load): Promise<void> {
  const body = Buffer.alloc(bytes, 'x');
  let left = requests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sent = request(url, { method: 'POST', agent }).end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const answer = await buffer(response);
      assert.ok(
        response.statusCode === 200 && answer.equals(body),
        `${response.statusCode}: ${answer.length}`,
      );
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}
