import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('a secret is made, listed by name alone, given a new value, and removed with 202', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const secret = { name: 's', value: 'very secret' };
  assert.equal((await gateway.api('POST', '/system/secrets', { body: secret })).status, 202);
  assert.equal((await gateway.api('POST', '/system/secrets', { body: secret })).status, 409);
  const { headers, text } = await gateway.api('GET', '/system/secrets');
  assert.match(headers['content-type'] ?? '', /^application\/json/);
  assert.deepEqual(JSON.parse(text), [{ name: 's', namespace: 'openfaas-fn' }]);
  assert.equal(
    (await gateway.api('PUT', '/system/secrets', { body: { ...secret, value: 'new' } })).status,
    202,
  );
  assert.equal(provider.secrets.get('openfaas-fn/s'), 'new');
  assert.equal((await gateway.api('DELETE', '/system/secrets', { body: { name: 's' } })).status, 202);
  for (const method of ['PUT', 'DELETE']) {
    assert.equal((await gateway.api(method, '/system/secrets', { body: secret })).status, 404);
  }
  assert.ok(!gateway.stderr.text.includes('very secret'));
});

test('rawValue is bytes in base64, and goes before value unless it is empty', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const rawValue = Buffer.from('from bytes').toString('base64');
  await gateway.api('POST', '/system/secrets', { body: { name: 's', value: 'from text', rawValue } });
  assert.equal(provider.secrets.get('openfaas-fn/s'), 'from bytes');
  await gateway.api('PUT', '/system/secrets', { body: { name: 's', value: 'from text', rawValue: '' } });
  assert.equal(provider.secrets.get('openfaas-fn/s'), 'from text');
  const { status, text } = await gateway.api('PUT', '/system/secrets', {
    body: { name: 's', rawValue: 'no base64!' },
  });
  assert.equal(status, 400);
  assert.match(text, /rawValue is not base64/);
});

test('names that lead elsewhere are refused at every entry', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const before = provider.changes;
  for (const method of ['POST', 'PUT', 'DELETE']) {
    for (const name of [
      '../x',
      '../../etc/passwd',
      'a/b',
      '..',
      '.',
      '',
      'a\0b',
      'a..b',
      `${'x'.repeat(254)}`,
      '.hidden',
    ]) {
      const { status } = await gateway.api(method, '/system/secrets', { body: { name, value: 'x' } });
      assert.equal(status, 400, `${method} ${name}`);
    }
    const inNamespace = await gateway.api(method, '/system/secrets?namespace=../x', {
      body: { name: 'a', value: 'x' },
    });
    assert.equal(inNamespace.status, 400);
  }
  assert.equal(provider.changes, before);
});

test('a namespace is in the body, or in the query', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  await gateway.api('POST', '/system/secrets', { body: { name: 's', namespace: 'other', value: 'x' } });
  assert.deepEqual([...provider.secrets.keys()], ['other/s']);
  assert.equal((await gateway.api('GET', '/system/secrets')).text, '[]');
  assert.match((await gateway.api('GET', '/system/secrets?namespace=other')).text, /"s"/);
  assert.equal(
    (await gateway.api('DELETE', '/system/secrets?namespace=other', { body: { name: 's' } })).status,
    202,
  );
});

test('a secret of 1 MiB is taken, a larger one is 413', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const whole = { name: 'large', rawValue: Buffer.alloc(1 << 20, 1).toString('base64') };
  assert.equal((await gateway.api('POST', '/system/secrets', { body: whole })).status, 202);
  const larger = { name: 'larger', value: 'x'.repeat((1 << 20) + 1) };
  assert.equal((await gateway.api('POST', '/system/secrets', { body: larger })).status, 413);
});
