import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../support/folder.ts';
import { OfGateway, startBeforeProvider } from '../support/of-gateway.ts';

test('secret_mount_path has user and password, as for OpenFaaS', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(path.join(folder, 'basic-auth-user'), 'somebody\n');
  writeFileSync(path.join(folder, 'basic-auth-password'), 'pass:word\n');
  const { gateway, provider } = await startBeforeProvider(t, { secret_mount_path: folder });
  const login = `Basic ${Buffer.from('somebody:pass:word').toString('base64')}`;
  assert.equal((await gateway.api('GET', '/system/functions', { login })).status, 200);
  assert.equal(provider.requests.at(-1)?.headers.authorization, login);
});

test('a folder without a password ends the start with a line that names the file', async (t) => {
  const folder = makeFolder(t);
  const gateway = OfGateway.spawn(t, { secret_mount_path: folder });
  assert.equal(await gateway.exited, 1);
  assert.match(gateway.stderr.text, /Error: basic_auth=true needs the file \S+basic-auth-password/);
});
