import assert from 'node:assert/strict';
import { test } from 'node:test';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { OfGateway, startBeforeProvider, startGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

test('SIGTERM lets a call in flight end, takes no new one, and ends with 0', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  let finish = (): void => undefined;
  provider.override = ({ url }, response) => {
    if (!url.startsWith('/function/')) return false;
    finish = () => response.end('late');
    return true;
  };
  const call = gateway.request({ path: '/function/f' });
  await until(() => provider.asked('GET', '/function/f.openfaas-fn/').length > 0, 'the call');
  gateway.kill('SIGTERM');
  await gateway.stderr.waitFor(/SIGTERM: no new connections, draining/);
  await until(
    async () => (await gateway.request({ path: '/healthz' })).error === 'ECONNREFUSED',
    'the closed port',
  );
  finish();
  assert.equal((await call).text, 'late');
  assert.equal(await gateway.exited, 0);
  assert.ok(!existsSync(path.join(gateway.folder, 'gateway.json')));
});

test('a follower of logs does not hold up the end', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  const follower = gateway.api('GET', '/system/logs?name=f&follow=true');
  await until(() => provider.followers.size === 1, 'the follower');
  gateway.kill('SIGTERM');
  assert.equal(await gateway.exited, 0);
  await follower;
});

test('a second signal ends it at once', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/functions', { body: { service: 'f', image: 'x' } });
  provider.override = ({ url }) => url.startsWith('/function/');
  const call = gateway.request({ path: '/function/f' });
  await until(() => provider.asked('GET', '/function/f.openfaas-fn/').length > 0, 'the call');
  gateway.kill('SIGTERM');
  await gateway.stderr.waitFor(/draining/);
  gateway.kill('SIGINT');
  assert.equal(await gateway.exited, 130);
  assert.notEqual((await call).error, undefined);
});

test('a state folder has one gateway, and is free again after kill -9', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const variables = { functions_provider_url: provider.url };
  await assert.rejects(startGateway(t, variables, { folder: gateway.folder }), (error: Error) => {
    assert.match(
      error.message,
      new RegExp(`another gateway uses \\S+: process ${gateway.pid} at ${gateway.url}; stop it`),
    );
    return true;
  });
  assert.equal((await gateway.api('GET', '/system/functions')).status, 200);
  gateway.kill('SIGKILL');
  await gateway.exited;
  const next = await startGateway(t, variables, { folder: gateway.folder });
  assert.equal((await next.api('GET', '/system/functions')).status, 200);
});

test('of several that start at once on a state folder one stays', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  gateway.kill('SIGKILL');
  await gateway.exited;
  const all = Array.from({ length: 4 }, () =>
    OfGateway.spawn(t, { functions_provider_url: provider.url }, { folder: gateway.folder }),
  );
  let ended = 0;
  for (const one of all) {
    void one.exited.then((status) => {
      ended += status === 1 ? 1 : 0;
    });
  }
  await until(() => ended === 3, 'the end of all but one');
  const left = all.filter((one) => !one.stderr.text.includes('another gateway uses'));
  assert.equal(left.length, 1);
  await left[0]?.waitListening();
});
