import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, JwtAuthority, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { startWatchdog } from '../support/watchdog.ts';

test('keys of the gateway', async (t) => {
  const first = await makeKey('first');
  const gateway = await JwtAuthority.start(t, first);
  if (!gateway) return;
  const watchdog = await startWatchdog(t, { fprocess: 'cat', ...JWT_AUTH });
  const statusOf = async (token: string): Promise<number> =>
    (await watchdog.request({ headers: bearer(token) })).status;

  await t.test('are fetched once for many requests', async () => {
    const token = await makeToken(first);
    const statuses = await Promise.all(Array.from({ length: 30 }, () => statusOf(token)));
    assert.ok(statuses.every((status) => status === 200));
    assert.ok(gateway.keyFetches <= 2, `${gateway.keyFetches} fetches`);
  });

  await t.test('that rotate are fetched again, and those gone are known no more', async () => {
    const second = await makeKey('second', 'EdDSA');
    gateway.keys = [second];
    assert.equal(await statusOf(await makeToken(second)), 200);
    assert.equal(await statusOf(await makeToken(first)), 401);
    gateway.keys = [first, second];
    assert.equal(await statusOf(await makeToken(first)), 200);
  });

  await t.test('do not make a flood of fetches out of a flood of unknown ids', async () => {
    const before = gateway.keyFetches;
    const tokens = await Promise.all(
      Array.from({ length: 60 }, async (_none, index) => makeToken({ ...first, id: `made-up-${index}` })),
    );
    for (const token of tokens.slice(0, 30)) assert.equal(await statusOf(token), 401);
    const statuses = await Promise.all(tokens.slice(30).map(statusOf));
    assert.ok(statuses.every((status) => status === 401));
    assert.ok(gateway.keyFetches - before <= 10, `${gateway.keyFetches - before} fetches for 60 tokens`);
    assert.equal(await statusOf(await makeToken(first)), 200, 'known keys are good meanwhile');
  });

  await t.test('known are good while the gateway is away', async () => {
    gateway.isBroken = true;
    assert.equal(await statusOf(await makeToken(first)), 200);
    assert.equal(await statusOf(await makeToken({ ...first, id: 'unknown' })), 401);
    gateway.isBroken = false;
  });
});

test('keys of each kind that a gateway may have', async (t) => {
  const keys = await Promise.all(
    (['ES256', 'RS256', 'PS256', 'EdDSA'] as const).map((algorithm) =>
      makeKey(`key-${algorithm}`, algorithm),
    ),
  );
  const gateway = await JwtAuthority.start(t, ...keys);
  if (!gateway) return;
  const watchdog = await startWatchdog(t, { fprocess: 'cat', ...JWT_AUTH });
  for (const key of keys) {
    const { status } = await watchdog.request({ headers: bearer(await makeToken(key)) });
    assert.equal(status, 200, key.algorithm);
  }
});
