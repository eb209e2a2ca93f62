import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, JwtAuthority, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { startWatchdog } from '../support/watchdog.ts';

/** The `function` claim of a token, and whether it permits `ns:fn`. */
const GRANTS: readonly (readonly [claim: unknown, isLetIn: boolean])[] = [
  [{ permissions: ['ns:fn'] }, true],
  [{ permissions: ['*'] }, true],
  [{ permissions: ['ns:*'] }, true],
  [{ permissions: ['*:fn'] }, true],
  [{ permissions: ['n*:*n'] }, true],
  [{ permissions: ['other:fn', 'ns:fn'] }, true],
  [{ permissions: ['ns:fn'], audience: [] }, true],
  [{ permissions: ['ns:fn'], audience: ['ns:fn'] }, true],
  [{ permissions: ['*'], audience: ['ns:*'] }, true],
  [{ permissions: ['ns:fn'], audience: ['other:*', 'ns:f*'] }, true],
  [{ permissions: ['ns:fn'], audience: ['other:fn'] }, false],
  [{ permissions: ['*'], audience: ['ns:other'] }, false],
  [{ permissions: [] }, false],
  [{ permissions: [''] }, false],
  [{ permissions: ['other:*'] }, false],
  [{ permissions: ['ns:fn-2'] }, false],
  [{ permissions: ['ns:f'] }, false],
  [{ permissions: ['s:fn'] }, false],
  [{ permissions: ['fn'] }, false],
  [{ permissions: ['ns:'] }, false],
  [{ permissions: ['ns.fn'] }, false],
  [{ permissions: ['ns:.*'] }, false],
  [{ permissions: ['[n]s:fn'] }, false],
  [{ permissions: ['NS:FN'] }, false],
  [{}, false],
  [null, false],
  ['ns:fn', false],
  [{ permissions: 'ns:fn' }, false],
  [{ permissions: { 0: 'ns:fn' } }, false],
  [{ permissions: [['ns:fn']] }, false],
  // a list that cannot be read must not count as empty, which would mean any function
  [{ permissions: ['*'], audience: 'other:fn' }, false],
  [{ permissions: ['*'], audience: [7] }, false],
  [{ permissions: ['*'], audience: { other: 'fn' } }, false],
];

test('the function claim', async (t) => {
  const key = await makeKey('one');
  const gateway = await JwtAuthority.start(t, key);
  if (!gateway) return;
  const watchdog = await startWatchdog(t, { fprocess: 'cat', ...JWT_AUTH });

  for (const [grants, isLetIn] of GRANTS) {
    await t.test(`${JSON.stringify(grants)} ${isLetIn ? 'lets in' : 'does not'}`, async () => {
      const { status } = await watchdog.request({ headers: bearer(await makeToken(key, { grants })) });
      if (isLetIn) assert.equal(status, 200);
      else assert.ok(status === 403 || status === 401, String(status));
    });
  }

  await t.test('a token without the claim is refused', async () => {
    const token = await makeToken(key, { claims: { function: undefined } });
    assert.equal((await watchdog.request({ headers: bearer(token) })).status, 403);
  });
});
