import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeContext, soon } from './host.ts';
import { makeCompiled } from './install.ts';

interface Module {
  createListener(env: Readonly<Record<string, string>>): Promise<RequestListener>;
}

/** Uses listener.js alone, without index.js, so that a server of another program can carry the function. */
for (const template of ['node24', 'ts-http', 'ts-web']) {
  test(`${template}: listener.js makes a listener for any server`, async (t) => {
    const folder = await (template === 'node24' ? makeContext : makeCompiled)(t, template);
    const module = (await import(pathToFileURL(join(folder, 'listener.js')).href)) as Module;
    const server = createServer(await module.createListener({})).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening', soon());
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/?name=Ada`);
    assert.deepEqual(await response.json(), { message: 'Hello, Ada!' });
  });
}
