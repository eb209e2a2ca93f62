import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('the page lists functions, and what they are called is text and no markup', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const image = '<script>alert(1)</script>';
  provider.functions.set('f.openfaas-fn', {
    deployment: { service: 'f', namespace: 'openfaas-fn', image },
    replicas: 1,
    available: 1,
  });
  const { status, headers, text } = await gateway.api('GET', '/ui/');
  assert.equal(status, 200);
  assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(text, /f\.openfaas-fn/);
  assert.ok(!text.includes('<script'));
});
