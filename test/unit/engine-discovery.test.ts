import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findEngine } from '../../gateway/providers/engine/client/find-engine.ts';
import { decideReach } from '../../gateway/providers/engine/reach.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

/** A HOME with a config of docker's, whose context `far` is on another machine. */
function makeHome(currentContext: string): string {
  const home = newFolder();
  const id = createHash('sha256').update('far').digest('hex');
  mkdirSync(path.join(home, '.docker/contexts/meta', id), { recursive: true });
  writeFileSync(path.join(home, '.docker/config.json'), JSON.stringify({ currentContext }));
  const meta = { Name: 'far', Endpoints: { docker: { Host: 'tcp://far:2376' } } };
  writeFileSync(path.join(home, '.docker/contexts/meta', id, 'meta.json'), JSON.stringify(meta));
  return home;
}

test('the engine is where the setting says, then DOCKER_HOST, the context, CONTAINER_HOST', async (t) => {
  const home = makeHome('far');
  const plain = makeHome('default');
  t.after(() => [home, plain].forEach(removeFolder));
  const all = { HOME: home, DOCKER_HOST: 'unix:///d.sock', CONTAINER_HOST: 'unix:///c.sock' };
  const { DOCKER_HOST: _, ...withoutHost } = all;
  assert.equal((await findEngine('tcp://set:1', all))?.text, 'tcp://set:1');
  assert.equal((await findEngine('', all))?.socketPath, '/d.sock');
  assert.equal((await findEngine('', withoutHost))?.origin, 'http://far:2376');
  assert.equal((await findEngine('', { ...withoutHost, HOME: plain }))?.socketPath, '/c.sock');
});

test('an address that cannot be used is named with its source', async () => {
  await assert.rejects(
    findEngine('nonsense', {}),
    /engine_host="nonsense" is not an address .* unix:\/\/\/PATH/,
  );
  await assert.rejects(findEngine('', { DOCKER_HOST: 'ssh://me@there' }), /DOCKER_HOST=.* over ssh/);
  await assert.rejects(findEngine('tcp://user:password@there', {}), /engine_host=/);
});

test('containers are reached where they are: in their network, or at a port on another machine', () => {
  const info = { OperatingSystem: 'debian', OSType: 'linux', SecurityOptions: [], Rootless: false };
  const local = { text: 'unix:///s', origin: 'http://engine', socketPath: '/s' };
  const facts = { address: local, info, isBeside: false, platform: 'linux' };
  assert.equal(decideReach('auto', facts), 'address');
  assert.equal(decideReach('port', facts), 'port');
  assert.equal(decideReach('auto', { ...facts, isBeside: true }), 'network');
  assert.equal(decideReach('auto', { ...facts, platform: 'darwin' }), 'port');
  assert.equal(decideReach('auto', { ...facts, address: { text: 't', origin: 'http://far:1' } }), 'port');
  for (const rootless of [
    { ...info, Rootless: true },
    { ...info, SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] },
    { ...info, OperatingSystem: 'Docker Desktop' },
  ])
    assert.equal(decideReach('auto', { ...facts, info: rootless }), 'port');
});
