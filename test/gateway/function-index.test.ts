import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { startGateway } from '../support/of-gateway.ts';

interface Index {
  readonly functions: readonly Readonly<Record<string, unknown>>[];
}

test('an index has its pictures in it, and none that is no picture', async (t) => {
  const server = http.createServer((request, response) => {
    const files: Readonly<Record<string, readonly [string, string | Buffer]>> = {
      '/good.png': ['image/png', 'png'],
      '/page.png': ['text/html', '<script>'],
      '/large.png': ['image/png', Buffer.alloc(70_000)],
    };
    const file = files[request.url ?? ''];
    const icon = (name: string): string =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
    if (file) return void response.setHeader('content-type', file[0]).end(file[1]);
    const functions = [
      { name: 'a', title: 'A', icon: icon('good.png') },
      { name: 'b', title: 'B', icon: icon('page.png') },
      { name: 'c', title: 'C', icon: icon('large.png') },
      { name: 'd', title: 'D', icon: 'file:///etc/passwd' },
      { title: 'no name' },
      7,
    ];
    return void response.end(JSON.stringify({ functions }));
  });
  t.after(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`;
  const gateway = await startGateway(t, { function_index: url });
  const { functions } = JSON.parse((await gateway.api('GET', '/system/index')).text) as Index;
  assert.deepEqual(
    functions.map(({ name, icon }) => [name, icon]),
    [
      ['a', `data:image/png;base64,${Buffer.from('png').toString('base64')}`],
      ['b', undefined],
      ['c', undefined],
      ['d', undefined],
    ],
  );
});

test('an index may be a file; without one it is empty; one that cannot be read is told of', async (t) => {
  const file = path.join(makeFolder(t), 'functions.json');
  writeFileSync(file, '{"functions":[{"name":"a"}]}');
  const right = await startGateway(t, { function_index: file });
  assert.deepEqual(JSON.parse((await right.api('GET', '/system/index')).text), {
    functions: [{ name: 'a' }],
  });
  writeFileSync(file, '{}');
  const wrong = await startGateway(t, { function_index: file });
  const { status, text } = await wrong.api('GET', '/system/index');
  assert.equal(status, 502);
  assert.match(text, /function_index=.* cannot be used: it has no list "functions"/);
  const none = await startGateway(t);
  assert.deepEqual(JSON.parse((await none.api('GET', '/system/index')).text), { functions: [] });
});
