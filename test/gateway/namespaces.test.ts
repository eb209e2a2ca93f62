import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBeforeProvider } from '../support/of-gateway.ts';

for (const base of ['/system/namespace', '/system/namespaces']) {
  test(`a namespace is made, described, changed and removed at ${base}/NAME`, async (t) => {
    const { gateway } = await startBeforeProvider(t);
    const body = { name: 'dev', labels: { openfaas: '1' }, annotations: { openfaas: '1' } };
    assert.equal((await gateway.api('POST', '/system/namespace/', { body })).status, 201);
    assert.equal((await gateway.api('POST', '/system/namespace/', { body })).status, 409);
    assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/namespaces')).text), [
      'openfaas-fn',
      'dev',
    ]);
    const changed = { name: 'dev', annotations: { openfaas: '1', customer: 'x' } };
    assert.equal((await gateway.api('PUT', `${base}/dev`, { body: changed })).status, 202);
    const { text } = await gateway.api('GET', `${base}/dev`);
    assert.deepEqual(JSON.parse(text), { name: 'dev', labels: {}, annotations: changed.annotations });
    assert.equal((await gateway.api('DELETE', `${base}/dev`, { body })).status, 202);
    assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/namespaces')).text), ['openfaas-fn']);
  });
}

test('annotations alone make one; another name in the body than in the path, and no name, are 400', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const annotated = { name: 'dev', annotations: { openfaas: '1' } };
  assert.equal((await gateway.api('POST', '/system/namespace/', { body: annotated })).status, 201);
  for (const [method, path, body] of [
    ['PUT', '/system/namespace/dev', { name: 'other' }],
    ['DELETE', '/system/namespace/dev', { name: 'other' }],
    ['POST', '/system/namespace/', { labels: { openfaas: '1' } }],
    ['POST', '/system/namespace/', { name: 'Not_A_Label' }],
    ['POST', '/system/namespace/', { name: '../x' }],
    ['POST', '/system/namespace/', '{'],
    ['POST', '/system/namespace/one', { name: 'other', labels: { openfaas: '1' } }],
    ['GET', '/system/namespace/', undefined],
    ['PUT', '/system/namespace/', { name: 'dev' }],
    ['DELETE', '/system/namespace/', { name: 'dev' }],
  ] as const) {
    assert.equal(
      (await gateway.api(method, path, { body })).status,
      400,
      `${method} ${JSON.stringify(body)}`,
    );
  }
});

test('one that is not there is 404 to GET, PUT and DELETE', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    for (const name of ['none', 'No_Label', 'a.b']) {
      const options = method === 'GET' ? {} : { body: { name } };
      assert.equal(
        (await gateway.api(method, `/system/namespace/${name}`, options)).status,
        404,
        `${method} ${name}`,
      );
    }
  }
});

test('DELETE takes the name of the path where it has no body', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  provider.namespaces.set('dev', { name: 'dev' });
  assert.equal((await gateway.api('DELETE', '/system/namespace/dev')).status, 202);
  assert.equal((await gateway.api('DELETE', '/system/namespace/dev')).status, 404);
});

test('a namespace is made with a label or an annotation that marks it for functions, and never in the place of Kubernetes', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const body of [
    { name: 'dev' },
    { name: 'dev', labels: { openfaas: '0' } },
    { name: 'dev', labels: { team: 'a' } },
    { name: 'kube-system', labels: { openfaas: '1' } },
  ]) {
    const { status } = await gateway.api('POST', '/system/namespace/', { body });
    assert.equal(status, 400, JSON.stringify(body));
  }
  assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/namespaces')).text), ['openfaas-fn']);
  const labelled = { name: 'dev', labels: { openfaas: 'true' } };
  assert.equal((await gateway.api('POST', '/system/namespace/', { body: labelled })).status, 201);
});

test('a name in the path makes a namespace too', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const body = { labels: { openfaas: '1' } };
  assert.equal((await gateway.api('POST', '/system/namespace/one', { body })).status, 201);
  assert.equal((await gateway.api('POST', '/system/namespaces/two', { body })).status, 201);
  assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/namespaces')).text), [
    'openfaas-fn',
    'one',
    'two',
  ]);
});
