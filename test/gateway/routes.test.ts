import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { openapi } from '../support/openapi.ts';
import { startBeforeProvider } from '../support/of-gateway.ts';

test('a path that nothing is at is 404', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const path of [
    '/nothing',
    '/system/functions/',
    '/system/namespace',
    '/ui',
    '/function/',
    '/function',
    '/function/a$b',
    '/system/telemetry',
    '/system/function/',
    '/%zz',
    '/openapiXyaml',
  ]) {
    const { status, text, headers } = await gateway.api('GET', path);
    assert.deepEqual([path, status, text], [path, 404, '404 page not found\n']);
    assert.equal(headers['x-openfaas-internal'], 'of-gateway');
  }
});

test('a method that a path does not have is 405, with those that it has', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const [method, path, allow] of [
    ['PATCH', '/system/functions', 'GET, POST, PUT, DELETE'],
    ['HEAD', '/system/functions', 'GET, POST, PUT, DELETE'],
    ['OPTIONS', '/system/secrets', 'GET, POST, PUT, DELETE'],
    ['POST', '/system/info', 'GET'],
    ['GET', '/system/scale-function/x', 'POST'],
    ['POST', '/system/namespaces', 'GET'],
  ] as const) {
    const { status, headers } = await gateway.api(method, path);
    assert.deepEqual([path, status, headers.allow], [path, 405, allow]);
  }
});

test('a path in another form leads to its plain one, on this server alone', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const [path, location] of [
    ['//system/functions?a=1', '/system/functions?a=1'],
    ['/system/./functions', '/system/functions'],
    ['/system/x/../functions', '/system/functions'],
    ['/function/../system/functions', '/system/functions'],
    ['//evil.example/', '/evil.example/'],
    ['/.//\\evil.example', '/%5Cevil.example'],
  ] as const) {
    const { status, headers } = await gateway.request({ path });
    assert.deepEqual([path, status, headers.location], [path, 301, location]);
  }
});

test('/ leads to the page, /healthz answers GET and HEAD', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { status, headers } = await gateway.api('GET', '/', { login: null });
  assert.deepEqual([status, headers.location], [307, '/ui/']);
  assert.equal((await gateway.api('HEAD', '/healthz', { login: null })).status, 200);
});

test('the document of the API is there for everybody, and valid YAML of OpenAPI 3.1', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { text } = await gateway.api('GET', '/openapi.yaml', { login: null });
  assert.equal(text, readFileSync('docs/openapi.yaml', 'utf8'));
  assert.equal(parse(text).openapi, '3.1.0');
  assert.ok(openapi.paths['/system/functions']);
});

test('the document names every path with all of its methods', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const [template, operations] of Object.entries(openapi.paths)) {
    if (template.startsWith('/function/')) continue;
    const { status, headers } = await gateway.api('PATCH', template.replace('{name}', 'x'));
    assert.equal(status, 405, template);
    const documented = Object.keys(operations).filter((key) => key !== 'parameters');
    assert.deepEqual(headers.allow?.toLowerCase().split(', ').sort(), documented.sort(), template);
  }
});

test('a whole URL as the request target is its path', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const connection = await gateway.connect();
  connection.send(
    `GET http://gateway.example/healthz HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n`,
  );
  await connection.waitFor(/^HTTP\/1\.1 200 /);
});

test('a method that nobody knows is 405, with those of functions', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  for (const method of ['BREW', 'get', 'X-Own']) {
    const connection = await gateway.connect();
    connection.send(`${method} /function/f HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na`);
    await connection.waitFor(
      /^HTTP\/1\.1 405 [^]*\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/,
    );
    await connection.waitClosed();
  }
  const connection = await gateway.connect();
  connection.send('B(EW /function/f HTTP/1.1\r\nHost: x\r\n\r\n');
  await connection.waitFor(/^HTTP\/1\.1 400 /);
});
