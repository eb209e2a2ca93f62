import assert from 'node:assert/strict';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { execa } from 'execa';
import { until } from '../support/wait.ts';
import { Container, FIXTURES } from './container.ts';

const IMAGE = 'localhost/dockerfile:latest';
const MOUNTED = `--volume=${FIXTURES}:/fixtures:ro`;

test('a function at the memory limit: the log says what ended it, and the restart policy takes over', async (t) => {
  const container = await Container.start(t, IMAGE, {
    env: { mode: 'http', fprocess: 'node /fixtures/server.mjs', upstream_url: 'http://127.0.0.1:3000' },
    flags: [MOUNTED, '--restart=on-failure:3'],
  });
  const url = await (await container.ready()).url('/eat');
  const response = await fetch(url).then(
    ({ status }) => status,
    () => 0,
  );
  assert.equal(response, 500);
  await container.logged(/signal: killed, out of memory/);
  await until(
    async () => Number(await container.inspect('{{.RestartCount}}')) > 0,
    async () => `its restart; its log: ${await container.logs()}`,
  );
  await container.ready();
});

test('a process at the memory limit: 500, the log says what ended it, and the next request is served', async (t) => {
  const container = await Container.start(t, IMAGE, {
    env: { mode: 'serializing', fprocess: 'node /fixtures/echo-or-eat.mjs' },
    flags: [MOUNTED],
  });
  const url = await (await container.ready()).url();
  assert.equal((await fetch(url, { method: 'POST', body: 'eat' })).status, 500);
  await container.logged(/signal: killed, out of memory/);
  const next = await fetch(url, { method: 'POST', body: 'hello' });
  assert.deepEqual([next.status, await next.text()], [200, 'hello']);
});

test('small processes at the memory limit: one of them is ended, and not the watchdog, which is larger', async (t) => {
  const container = await Container.start(t, IMAGE, {
    env: { mode: 'streaming', fprocess: 'tail' }, // keeps the line that has no end yet
    flags: ['--memory=96m'],
  });
  const url = await (await container.ready()).url();
  // More than the limit with the watchdog's own memory left out, which may be 10 MB only.
  const requests = Array.from({ length: 8 }, () => {
    const sent = request(url, { method: 'POST' });
    sent.on('error', () => undefined);
    sent.write(Buffer.alloc(14 << 20, 'x')); // less than the watchdog has
    return sent;
  });
  await container.logged(/signal: killed, out of memory/);
  for (const sent of requests) sent.end();
  const next = request(url, { method: 'POST', agent: false }).end('hello'); // by a connection of its own
  const [response] = (await once(next, 'response')) as [IncomingMessage];
  assert.deepEqual([response.statusCode, await text(response)], [200, 'hello']);
  assert.equal(await container.inspect('{{.State.Status}}'), 'running');
});

test('no /tmp, a full one, a read-only one: one line, exit 1; with suppress_lock the function runs', async (t) => {
  const full = await mkdtemp(join(tmpdir(), 'full-'));
  await execa('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1,mode=1777', 'tmpfs', full]);
  // Lazily, as the containers are removed after this.
  t.after(() => execa('umount', ['--lazy', full]).then(() => rmdir(full)));
  const cases: readonly [why: string, temporary: readonly string[], line: RegExp][] = [
    ['read-only', [], /\.lock.*(?:EROFS|read-only)/i],
    ['full', [`--volume=${full}:/tmp`], /\.lock.*(?:ENOSPC|no space)/i],
    ['missing', ['--env=TMPDIR=/missing'], /\.lock.*(?:EROFS|ENOENT)/],
  ];
  for (const [why, temporary, line] of cases) {
    const refused = await Container.start(t, IMAGE, { temporary });
    assert.equal(await refused.ended(), 1, why);
    assert.match(await refused.logs(), line, why);
    const suppressed = await Container.start(t, IMAGE, { temporary, env: { suppress_lock: 'true' } });
    await suppressed.logged(/Listening on port/);
    const response = await fetch(await suppressed.url(), { method: 'POST', body: 'x' });
    assert.deepEqual([response.status, await response.text()], [200, 'x'], why);
    assert.equal(await suppressed.stop(), 0, why);
  }
});
