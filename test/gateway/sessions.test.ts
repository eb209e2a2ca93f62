import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { startBeforeProvider, startGateway, type OfGateway } from '../support/of-gateway.ts';
import type { Answer } from '../support/request.ts';
import { until } from '../support/wait.ts';

function passwordOf(gateway: OfGateway): string {
  return readFileSync(gateway.passwordFile, 'utf8').trim();
}

function logIn(gateway: OfGateway, password = passwordOf(gateway)): Promise<Answer> {
  return gateway.api('POST', '/system/login', { login: null, body: { user: 'admin', password } });
}

/** The headers of a browser after this answer, with the token that its page has read. */
function asBrowser(answer: Answer): { cookie: string; token: Record<string, string> } {
  const [first = ''] = answer.headers['set-cookie'] ?? [];
  const { csrfToken } = JSON.parse(answer.text) as { csrfToken: string };
  return { cookie: first.split(';')[0] ?? '', token: { 'x-csrf-token': csrfToken } };
}

test('a login begins a session that no script reads and no other site sends', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const answer = await logIn(gateway);
  assert.equal(answer.status, 200);
  const cookies = answer.headers['set-cookie'] ?? [];
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) assert.match(cookie, /; Path=\/(system|ui); .*HttpOnly; SameSite=Strict$/);
  const { cookie } = asBrowser(answer);
  assert.equal(
    (await gateway.api('GET', '/system/functions', { login: null, headers: { cookie } })).status,
    200,
  );
  assert.equal((await gateway.api('GET', '/ui/', { login: null, headers: { cookie } })).status, 200);
  const whole = await gateway.api('POST', '/system/login', {
    login: null,
    body: { user: 'admin', password: passwordOf(gateway) },
    headers: { 'x-forwarded-proto': 'https' },
  });
  assert.match(whole.headers['set-cookie']?.[0] ?? '', /; Secure$/);
});

test('a session changes things with its token alone', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t);
  const { cookie, token } = asBrowser(await logIn(gateway));
  const before = provider.changes;
  const body = { service: 'x', image: 'x' };
  for (const headers of [{}, { 'x-csrf-token': 'no' }] as Record<string, string>[]) {
    const { status, text } = await gateway.api('POST', '/system/functions', {
      login: null,
      headers: { cookie, ...headers },
      body,
    });
    assert.equal(status, 403);
    assert.match(text, /X-CSRF-Token/);
  }
  assert.equal(provider.changes, before);
  const headers = { cookie, ...token };
  assert.equal((await gateway.api('POST', '/system/functions', { login: null, headers, body })).status, 202);
  const foreign = { ...headers, origin: 'https://evil.example' };
  assert.equal(
    (
      await gateway.api('DELETE', '/system/functions', {
        login: null,
        headers: foreign,
        body: { functionName: 'x' },
      })
    ).status,
    403,
  );
  // tools go on without
  assert.equal(
    (await gateway.api('DELETE', '/system/functions', { body: { functionName: 'x' } })).status,
    202,
  );
});

test('a web page of another origin cannot log a browser in', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const { status } = await gateway.api('POST', '/system/login', {
    login: null,
    headers: { origin: 'https://evil.example' },
    body: { user: 'admin', password: passwordOf(gateway) },
  });
  assert.equal(status, 403);
});

test('a session that was logged out, forged, cut or is over is none', async (t) => {
  const { gateway } = await startBeforeProvider(t, { session_duration: '2s' });
  const { cookie, token } = asBrowser(await logIn(gateway));
  const statusWith = async (text: string): Promise<number> =>
    (await gateway.api('GET', '/system/info', { login: null, headers: { cookie: text } })).status;
  const [name = '', value = ''] = cookie.split('=');
  const [claims = '', signature = ''] = value.split('.');
  const forged = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('admin', 'other'));
  for (const text of [
    `${name}=${forged.toString('base64url')}.${signature}`,
    `${name}=${claims}`,
    `${name}=.`,
    `${name}=%%%`,
    `other=${value}`,
  ])
    assert.equal(await statusWith(text), 401, text);
  assert.equal(await statusWith(`a=b; ${cookie}; c=d`), 200);

  const out = await gateway.api('POST', '/system/logout', { login: null, headers: { cookie, ...token } });
  assert.equal(out.status, 204);
  assert.match(out.headers['set-cookie']?.[0] ?? '', /Max-Age=0/);
  assert.equal(await statusWith(cookie), 401);

  const second = asBrowser(await logIn(gateway)).cookie;
  assert.equal(await statusWith(second), 200);
  await until(async () => (await statusWith(second)) === 401, 'the end of the session');
});

test('sessions outlive the gateway, and end with the password', async (t) => {
  const first = await startGateway(t);
  const { cookie } = asBrowser(await logIn(first));
  const { folder, port } = first;
  assert.equal(statSync(`${folder}/session-key`).mode & 0o777, 0o600);
  first.kill('SIGKILL');
  await first.exited;
  const second = await startGateway(t, { port: String(port) }, { folder });
  const status = async (): Promise<number> =>
    (await second.api('GET', '/system/info', { login: null, headers: { cookie } })).status;
  assert.equal(await status(), 200);
  writeFileSync(second.passwordFile, 'another-password');
  await until(async () => (await status()) === 401, 'the end of sessions of the old password');
});

test('a session is made longer when half of it is over', async (t) => {
  const { gateway } = await startBeforeProvider(t, { session_duration: '4s' });
  const { cookie } = asBrowser(await logIn(gateway));
  const session = (): Promise<Answer> =>
    gateway.api('GET', '/system/session', { login: null, headers: { cookie } });
  assert.equal((await session()).headers['set-cookie'], undefined);
  const renewed = await until(async () => {
    const answer = await session();
    return answer.headers['set-cookie'] && answer;
  }, 'a longer session');
  assert.notEqual(asBrowser(renewed).cookie, cookie);
});

test('who guesses is slowed down, and tools are not', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const statuses: number[] = [];
  for (let at = 0; at < 12; at += 1) statuses.push((await logIn(gateway, `guess-${at}`)).status);
  assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 401), 429, 429]);
  const { status, headers, text } = await logIn(gateway);
  assert.equal(status, 429, 'the right one too');
  assert.match(headers['retry-after'] ?? '', /^\d+$/);
  assert.match(text, /try again in \d+ s/);
  assert.equal((await gateway.api('GET', '/system/info')).status, 200);
});

test('a page that asks by itself gets no dialog of the browser’s', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const headers = { 'x-csrf-token': 'none' };
  const answer = await gateway.api('GET', '/system/session', { login: null, headers });
  assert.equal(answer.status, 401);
  assert.ok(!/basic/i.test(String(answer.headers['www-authenticate'])));
});

test('where nobody logs in there is a session all the same, and no login', async (t) => {
  const { gateway } = await startBeforeProvider(t, { basic_auth: 'false' });
  assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/session')).text), {
    user: '',
    access: 'write',
  });
  assert.deepEqual(JSON.parse((await gateway.api('GET', '/system/login')).text), { password: false });
});
