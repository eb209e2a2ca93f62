import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { OfGateway, startBeforeProvider } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';

test('a password that is reset counts for a gateway that runs, and the old one does not', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const old = gateway.login ?? '';
  assert.equal((await gateway.api('GET', '/system/functions')).status, 200);

  const reset = OfGateway.spawn(t, {}, { folder: gateway.folder, args: ['password', '--reset'] });
  assert.equal(await reset.exited, 0);
  assert.match(reset.stdout.text, /A new password is in /);
  assert.ok(!reset.stdout.text.includes(readFileSync(gateway.passwordFile, 'utf8').trim()));
  assert.notEqual(gateway.login, old);

  await until(async () => (await gateway.api('GET', '/system/functions')).status === 200, 'the new password');
  assert.equal((await gateway.api('GET', '/system/functions', { login: old })).status, 401);
});

test('the password is the same after a restart, and long', async (t) => {
  const first = OfGateway.spawn(t, {}, { args: ['password'] });
  assert.equal(await first.exited, 0);
  const password = readFileSync(first.passwordFile, 'utf8').trim();
  assert.match(password, /^[0-9a-f]{32,}$/);
  const second = OfGateway.spawn(t, {}, { folder: first.folder, args: ['password'] });
  assert.equal(await second.exited, 0);
  assert.equal(readFileSync(first.passwordFile, 'utf8').trim(), password);
});
