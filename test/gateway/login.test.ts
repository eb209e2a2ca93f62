import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statSync } from 'node:fs';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('the API asks for the login that is in a file of its owner alone', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  assert.equal(statSync(gateway.passwordFile).mode & 0o777, 0o600);
  await gateway.stderr.waitFor(/Log in with: faas-cli login --password-stdin < \S+basic-auth-password/);
  assert.equal((await gateway.api('GET', '/system/functions')).status, 200);

  const right = Buffer.from(gateway.login?.slice(6) ?? '', 'base64').toString();
  const logins = [
    null,
    'Basic %%%',
    'Bearer',
    `Bearer ${right}`,
    basic('admin:'),
    basic(`${right}x`),
    basic(`x${right}`),
    basic('admin'),
  ];
  for (const login of logins) {
    const { status, headers, text } = await gateway.api('GET', '/system/functions', { login });
    assert.equal(status, 401, String(login));
    assert.equal(headers['www-authenticate'], 'Basic realm="Restricted"');
    assert.equal(text, 'invalid credentials');
  }
});

test('every path of the API and the page ask for it', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const asked = [
    'GET /system/functions', 'POST /system/functions', 'PUT /system/functions', 'DELETE /system/functions',
    'GET /system/function/x', 'POST /system/scale-function/x', 'GET /system/info', 'GET /system/secrets',
    'POST /system/secrets', 'PUT /system/secrets', 'DELETE /system/secrets', 'GET /system/logs?name=x',
    'GET /system/namespaces', 'POST /system/namespace/', 'GET /system/namespace/x', 'PUT /system/namespace/x',
    'DELETE /system/namespaces/x', 'POST /system/alert', 'GET /metrics', 'GET /ui/', 'GET /system/telemetry',
    'GET /system/namespace/', 'POST /system/namespace/x',
  ]; // prettier-ignore
  const before = provider.changes;
  for (const one of asked) {
    const [method = '', path = ''] = one.split(' ');
    assert.equal((await gateway.api(method, path, { login: null })).status, 401, one);
  }
  assert.equal(provider.changes, before);
});

test('health and functions ask for none, and the login of a caller goes to the function as it is', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  assert.equal((await gateway.api('GET', '/healthz', { login: null })).text, 'OK');
  await gateway.api('POST', '/system/functions', { body: { service: 'echo', image: 'x' } });
  const { text } = await gateway.request({
    path: '/function/echo',
    headers: { authorization: 'Bearer mine' },
  });
  assert.equal(JSON.parse(text).headers.authorization, 'Bearer mine');
});

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
