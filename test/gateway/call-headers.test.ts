import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

/** The headers that the gateway adds to a call of a function. */

const CALLS: readonly [request: string, forwardedHost: string | undefined][] = [
  ['HTTP/1.0\r\n', undefined],
  ['HTTP/1.0\r\nHost: a.example\r\n', 'a.example'],
  ['HTTP/1.1\r\nHost:\r\n', undefined],
  ['HTTP/1.1\r\nHost: a.example:81\r\n', 'a.example:81'],
];

for (const [request, forwardedHost] of CALLS) {
  test(`a call by ${JSON.stringify(request)} reaches its function with one Host, the function's own`, async (t) => {
    const { gateway, provider } = await startBeforeProvider(t);
    await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
    const connection = await gateway.connect();
    connection.send(`GET /function/f/path ${request}Connection: close\r\n\r\n`);
    await connection.waitFor(/^HTTP\/1\.1 200 /);
    const { headers, rawHeaders } = provider.asked('GET', '/function/f.openfaas-fn/path')[0] ?? {};
    const hosts = rawHeaders?.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
    assert.deepEqual(hosts, ['Host']);
    assert.equal(headers?.host, new URL(provider.url).host);
    assert.equal(headers['x-forwarded-host'], forwardedHost);
  });
}

test('an empty X-Call-Id, X-Forwarded-For and X-Forwarded-Host are as none', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const { headers } = await gateway.request({
    path: '/function/f/path',
    headers: { 'x-forwarded-host': '', host: 'a.example', 'x-call-id': '', 'x-forwarded-for': '' },
  });
  const seen = provider.asked('GET', '/function/f.openfaas-fn/path')[0]?.headers;
  assert.match(String(seen?.['x-call-id']), /^[-\da-f]{36}$/);
  assert.equal(headers['x-call-id'], seen?.['x-call-id']);
  assert.equal(seen?.['x-forwarded-for'], '127.0.0.1');
  assert.equal(seen['x-forwarded-host'], 'a.example');
});
