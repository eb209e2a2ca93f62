import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider, startGateway } from '../support/of-gateway.ts';

test('info is the provider’s, and the login of the gateway goes to it', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const { provider: identity } = JSON.parse((await gateway.api('GET', '/system/info')).text);
  assert.deepEqual(identity, {
    provider: 'faas-test',
    orchestration: 'memory',
    version: { release: '1.2.3', sha: 'abc' },
  });
  await gateway.api('GET', '/system/functions');
  assert.equal(provider.requests.at(-1)?.headers.authorization, gateway.login);
});

test('the login of the gateway reaches no function', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const { text } = await gateway.request({ path: '/function/f' });
  assert.equal(JSON.parse(text).headers.authorization, undefined);
});

test('a function at zero is started once for calls at the same time, and all are served', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  await gateway.api('POST', '/system/scale-function/f', { body: { replicas: 0 } });
  provider.startMs = 300;
  const before = provider.asked('POST', '/system/scale-function/f').length;
  const calls = await Promise.all(Array.from({ length: 20 }, () => gateway.request({ path: '/function/f' })));
  assert.deepEqual(new Set(calls.map(({ status }) => status)), new Set([200]));
  assert.equal(provider.asked('POST', '/system/scale-function/f').length, before + 1);
});

test('with scale_from_zero=false a call does not start it, and 503 says why', async (t) => {
  const { gateway } = await startBeforeProvider(t, { scale_from_zero: 'false' });
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  await gateway.api('POST', '/system/scale-function/f', { body: { replicas: 0 } });
  const { status, text, headers } = await gateway.request({ path: '/function/f' });
  assert.equal(status, 503);
  assert.match(text, /scale_from_zero=false/);
  assert.ok(headers['x-openfaas-internal']);
});

test('a provider that does not answer is 503 with a text that names it', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.override = (_request, response) => {
    response.destroy();
    return true;
  };
  for (const path of ['/system/functions', '/healthz', '/function/f', '/system/namespaces']) {
    const { status, text } = await gateway.api('GET', path);
    assert.equal(status, 503, path);
    assert.ok(text.includes(`the provider at ${provider.url} does not answer`), text);
  }
  assert.equal((await gateway.api('GET', '/system/info')).status, 200);
});

test('a change that takes longer than write_timeout is 504, which names the limit', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t, { write_timeout: '200ms' });
  provider.override = ({ method }) => method === 'POST';
  const { status, text } = await gateway.api('POST', '/system/functions', {
    body: { service: 'f', image: 'x' },
  });
  assert.equal(status, 504);
  assert.match(text, /^write_timeout of 200ms passed before POST \/system\/functions was done/);
});

test('a gateway before a gateway is a gateway', async (t) => {
  const { gateway: inner } = await startBeforeProvider(t);
  const outer = await startGateway(t, { functions_provider_url: inner.url, secret_mount_path: inner.folder });
  const login = inner.login ?? '';
  const body = { service: 'f', image: 'x', labels: { a: 'b' } };
  assert.equal((await outer.api('POST', '/system/functions', { body, login })).status, 202);
  assert.equal((await outer.api('POST', '/system/functions', { body, login })).status, 409);
  const { text } = await outer.api('GET', '/system/function/f', { login });
  assert.deepEqual(JSON.parse(text).labels, { a: 'b', faas_function: 'f' });
  assert.equal(
    JSON.parse((await outer.request({ path: '/function/f/x?y' })).text).url,
    '/function/f.openfaas-fn/x?y',
  );
  assert.equal(
    JSON.parse((await outer.api('GET', '/system/info', { login })).text).provider.provider,
    'faas-test',
  );
});
