import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearer, JwtAuthority, ISSUER, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { startForwarding, startUpstream } from '../support/upstream.ts';
import { runWatchdog, startWatchdog } from '../support/watchdog.ts';

const CHALLENGE = 'Bearer realm=IAM function invoke';

test('jwt_auth', async (t) => {
  const key = await makeKey('one');
  const gateway = await JwtAuthority.start(t, key, await makeKey('rsa', 'RS256'));
  if (!gateway) return;
  const { watchdog, upstream } = await startForwarding(t, undefined, JWT_AUTH);
  const statusOf = async (token: string): Promise<number> =>
    (await watchdog.request({ headers: bearer(token) })).status;

  await t.test('lets in who has the permission', async () => {
    const answer = await watchdog.request({ headers: bearer(await makeToken(key)) });
    assert.deepEqual([answer.status, answer.text], [200, 'ok']);
    assert.match(watchdog.log, /JWT Auth: true/);
  });

  await t.test('refuses with 401 and a challenge where there is no token', async () => {
    const before = upstream.seen.length;
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer ' },
      { authorization: 'Basic YTpi' },
    ]) {
      const answer = await watchdog.request({ method: 'POST', headers, body: 'x' });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['www-authenticate'], CHALLENGE);
      assert.equal(answer.headers['x-openfaas-internal'], 'faas-middleware');
      assert.notEqual(answer.text, '');
    }
    assert.equal(upstream.seen.length, before, 'the function sees none of them');
  });

  await t.test('refuses with 403 who has no permission', async () => {
    const answer = await watchdog.request({
      headers: bearer(await makeToken(key, { grants: { permissions: ['ns:other'] } })),
    });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers['x-openfaas-internal'], 'faas-middleware');
    assert.equal(answer.headers['www-authenticate'], undefined);
    assert.equal(answer.text, 'insufficient permissions\n');
  });

  await t.test('refuses what is not this issuer’s, not for this audience, or past its time', async () => {
    assert.equal(
      await statusOf(await makeToken(key, { claims: { iss: 'http://elsewhere' } })),
      401,
      'issuer',
    );
    assert.equal(
      await statusOf(await makeToken(key, { claims: { aud: 'http://elsewhere' } })),
      401,
      'audience',
    );
    assert.equal(await statusOf(await makeToken(key, { claims: { aud: [] } })), 401, 'no audience');
    assert.equal(await statusOf(await makeToken(key, { expiresIn: '-1m' })), 401, 'expired');
    const later = Math.floor(Date.now() / 1000) + 600;
    assert.equal(await statusOf(await makeToken(key, { claims: { nbf: later } })), 401, 'not yet');
    assert.equal(await statusOf(await makeToken(key, { claims: { aud: ['x', ISSUER] } })), 200);
  });

  await t.test('refuses what is no token', async () => {
    for (const token of ['x', 'a.b.c', '..', 'null', `${await makeToken(key)}x`, 'e30.e30.e30']) {
      assert.equal(await statusOf(token), 401, token.slice(0, 20));
    }
  });

  await t.test('knows the word Bearer in any case', async () => {
    const token = await makeToken(key);
    assert.equal((await watchdog.request({ headers: { authorization: `bearer ${token}` } })).status, 200);
  });

  await t.test('leaves health, readiness and metrics open', async () => {
    assert.equal((await watchdog.request({ path: '/_/health' })).status, 200);
    assert.equal((await watchdog.request({ path: '/_/ready' })).status, 200);
    assert.match(await watchdog.metrics(), /http_requests_total\{code="401",method="post"\} 4/);
  });

  await t.test('holds for upgrades too', async () => {
    const ask = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
    const answer = await watchdog.exchange(ask, 1000);
    assert.deepEqual(answer.statuses, [401]);
    assert.equal(upstream.seen.at(-1)?.headers.upgrade, undefined);
  });

  await t.test('holds in the modes with a process per request, before one is started', async () => {
    for (const mode of ['streaming', 'serializing', 'classic']) {
      const forking = await startWatchdog(t, { mode, fprocess: 'cat', ...JWT_AUTH });
      const refused = await forking.request({ method: 'POST', body: 'x' });
      assert.equal(refused.status, 401, mode);
      assert.match(await forking.metrics(), /^function_starts_total 0$/m);
      const headers = bearer(await makeToken(key));
      assert.equal((await forking.request({ method: 'POST', body: 'x', headers })).text, 'x', mode);
    }
  });

  await t.test('jwt_auth_debug tells what the check sees, and no token', async () => {
    const debugging = await startWatchdog(t, { fprocess: 'cat', ...JWT_AUTH, jwt_auth_debug: 'true' });
    const token = await makeToken(key);
    await debugging.request({ headers: bearer(token) });
    await debugging.stderr.waitFor(/\[JWT Auth\] Token: audience/);
    assert.doesNotMatch(debugging.log, new RegExp(token.split('.')[2] ?? 'x'));
  });

  await t.test('without jwt_auth nothing is asked for', async () => {
    const open = await startWatchdog(t, { fprocess: 'cat', jwt_auth_local: 'true' });
    assert.equal((await open.request()).status, 200);
  });
});

test('a start without the gateway ends with one line that names it', async (t) => {
  const { url } = await startUpstream(t);
  const gateway = await JwtAuthority.start(t);
  if (!gateway) return;
  gateway.isBroken = true;
  const run = await runWatchdog(t, { mode: 'http', fprocess: 'sleep 600', upstream_url: url, ...JWT_AUTH });
  assert.equal(run.code, 1);
  assert.match(run.stderr.trimEnd().split('\n').at(-1) ?? '', /127\.0\.0\.1:8000/);
  assert.doesNotMatch(run.log, /^\s+at /m);
});
