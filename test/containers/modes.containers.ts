import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Container, FIXTURES } from './container.ts';

const IMAGE = 'localhost/dockerfile:latest';

/** The folder of the fixtures, in the container. */
const MOUNTED = [`--volume=${FIXTURES}:/fixtures:ro`];

for (const mode of ['streaming', 'serializing', 'classic']) {
  test(`${mode} mode answers in a locked container`, async (t) => {
    const container = await Container.start(t, IMAGE, { env: { mode, fprocess: 'tr a-z A-Z' } });
    await container.ready();
    const response = await fetch(await container.url(), { method: 'POST', body: 'hello' });
    assert.deepEqual([response.status, await response.text()], [200, 'HELLO']);
    assert.equal(await container.stop(), 0);
  });
}

test('http mode answers in a locked container', async (t) => {
  const env = { mode: 'http', fprocess: 'node /fixtures/server.mjs', upstream_url: 'http://127.0.0.1:3000' };
  const container = await Container.start(t, IMAGE, { env, flags: MOUNTED });
  await container.ready();
  const response = await fetch(await container.url(), { method: 'POST', body: 'hello' });
  assert.deepEqual([response.status, await response.text()], [200, 'hello']);
  assert.equal(await container.stop(), 0);
});

test('static mode answers in a locked container', async (t) => {
  const env = { mode: 'static', static_path: '/fixtures' };
  const container = await Container.start(t, IMAGE, { env, flags: MOUNTED });
  await container.ready();
  const response = await fetch(await container.url('/server.mjs'));
  assert.equal(response.status, 200);
  assert.match(await response.text(), /createServer/);
  assert.equal(await container.stop(), 0);
});

test('no zombie stands after 1,000 requests whose process leaves a child behind', async (t) => {
  const env = { mode: 'streaming', fprocess: '/fixtures/leave-child.sh' };
  const container = await Container.start(t, IMAGE, { env, flags: MOUNTED });
  const url = await (await container.ready()).url();
  let left = 1000;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const response = await fetch(url);
      assert.deepEqual([response.status, await response.text()], [200, 'ok\n']);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  // The children that are still asleep end within a moment.
  await container.exec('sleep', '1');
  const zombies = await container.exec(
    'sh',
    '-c',
    'cat /proc/[0-9]*/status 2>/dev/null | grep -c "^State:.Z" || true',
  );
  assert.equal(zombies.trim(), '0');
});
