import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/wait.ts';
import { startBeforeProvider } from '../support/of-gateway.ts';

const LINE = {
  name: 'f',
  namespace: 'openfaas-fn',
  instance: 'f-1',
  timestamp: '2026-01-31T15:04:05.5Z',
  text: 'héllo',
};

test('lines are JSON objects with a type that says so', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  provider.logLines = [LINE, { ...LINE, text: 'x'.repeat(200_000) }];
  const { status, headers, text } = await gateway.api('GET', '/system/logs?name=f&follow=maybe');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/x-ndjson');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines[0], { ...LINE, timestamp: '2026-01-31T15:04:05.500Z' });
  assert.equal(lines[1].text.length, 200_000);
});

test('the query reaches the provider', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  await gateway.api('GET', '/system/logs?name=f&instance=i&tail=3&since=2026-01-31T15:04:05%2B01:00');
  const { url } = provider.asked('GET', '/system/logs')[0] ?? { url: '' };
  const query = Object.fromEntries(new URLSearchParams(url.split('?')[1]));
  assert.deepEqual(query, {
    name: 'f',
    namespace: 'openfaas-fn',
    instance: 'i',
    tail: '3',
    since: '2026-01-31T14:04:05.000Z',
    follow: 'false',
  });
  await gateway.api(
    'GET',
    '/system/logs?name=none&name=f&tail=some&tail=7&since=&since=2024-02-29T00:00:00Z',
  );
  const last = new URLSearchParams(provider.asked('GET', '/system/logs').at(-1)?.url.split('?')[1]);
  assert.deepEqual(
    [last.get('tail'), last.get('since')],
    ['7', '2024-02-29T00:00:00.000Z'],
    'the last counts',
  );
  await gateway.api('GET', '/system/logs?name=f&tail=-1');
  assert.ok(!(provider.asked('GET', '/system/logs').at(-1)?.url ?? '').includes('tail'));
});

test('what cannot be read is 422 and named, no name 400, no such function 404', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const [query, status, names] of [
    ['name=f&since=yesterday', 422, /since="yesterday"/],
    ['name=f&since=2026-01-31', 422, /since/],
    ['name=f&since=2026-13-31T15:04:05Z', 422, /since/],
    ['name=f&since=2026-02-30T15:04:05Z', 422, /since/],
    ['name=f&since=2026-02-28T24:00:00Z', 422, /since/],
    ['name=f&tail=some', 422, /tail="some"/],
    ['', 400, /name is required/],
    ['name=none', 404, /none|no such/],
    ['name=none&follow=true', 404, /none|no such/],
  ] as const) {
    const answer = await gateway.api('GET', `/system/logs?${query}`);
    assert.equal(answer.status, status, query);
    assert.match(answer.text, names);
  }
});

test('a follower gets lines as they come, and its end is the end at the provider', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t, { write_timeout: '300ms' });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const connection = await gateway.connect();
  connection.send(
    `GET /system/logs?name=f&follow=true HTTP/1.1\r\nHost: x\r\nAuthorization: ${gateway.login}\r\n\r\n`,
  );
  await connection.waitFor(/^HTTP\/1\.1 200 [^]*\r\n\r\n/);
  await new Promise((resolve) => {
    setTimeout(resolve, 600); // past write_timeout, which is for answers that have an end
  });
  for (const follower of provider.followers)
    follower.write(`${JSON.stringify({ ...LINE, text: 'later' })}\n`);
  await connection.waitFor(/"text":"later"/);
  connection.destroy();
  await until(() => provider.followers.size === 0, 'the end of the follower');
  assert.equal((await gateway.api('GET', '/healthz')).status, 200);
});
