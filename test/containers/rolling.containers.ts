import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { Container } from './container.ts';

const IMAGE = 'localhost/node24:latest';
const REQUESTS = 1000;
const CLIENTS = 64;

test('1,000 requests at 64 clients lose none while a container replaces another', async (t) => {
  const first = await Container.start(t, IMAGE, { env: { healthcheck_interval: '2s' } });
  let target = new URL(await (await first.ready()).url());

  // Stands for the proxy in front of pods: it sends requests to those that are ready.
  const agent = new Agent({ keepAlive: true });
  const proxy = createServer((incoming, outgoing) => {
    const { hostname, port } = target;
    const { method, headers } = incoming;
    const sent = request({ hostname, port, method, path: incoming.url, headers, agent });
    sent.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', (error) => outgoing.writeHead(502).end(error.message));
    incoming.pipe(sent);
  });
  t.after(() => {
    agent.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;

  let started = 0;
  const replacement = new AbortController();
  const answers = new Map<string, number>();
  const ask = async (): Promise<void> => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST' }).end('x');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const answer = `${response.statusCode ?? 0} ${response.statusCode === 200 ? '' : await text(response)}`;
    response.resume();
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  // The clients go on until all requests are made and the replacement is over.
  const client = async (): Promise<void> => {
    while (started < REQUESTS || !replacement.signal.aborted) {
      started += 1;
      await ask();
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  const replace = async (): Promise<void> => {
    const second = await Container.start(t, IMAGE);
    await second.ready();
    const stopped = first.stop();
    // The list of those that are ready reaches the proxy a little after SIGTERM, as in a cluster.
    await first.logged(/SIGTERM: no new connections in 2s/);
    target = new URL(await second.url());
    assert.equal(await stopped, 0);
  };
  await Promise.all([clients, replace().finally(() => replacement.abort())]);
  assert.ok(started >= REQUESTS);
  assert.deepEqual(Object.fromEntries(answers), { '200 ': started });
});
