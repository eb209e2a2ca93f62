import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { accessOf } from '../../gateway/auth/group-access.ts';
import { PendingLogins, PENDING_MS } from '../../gateway/auth/pending-logins.ts';
import { OfGateway, startGateway } from '../support/of-gateway.ts';
import type { Answer } from '../support/request.ts';

/** A provider whose answers a test chooses, right or wrong. */
class Provider {
  claims: JWTPayload = {};
  key: Awaited<ReturnType<typeof generateKeyPair>> | undefined;
  signedBy: Awaited<ReturnType<typeof generateKeyPair>> | undefined;
  issuer = '';
  isDown = false;
  readonly forms: URLSearchParams[] = [];

  static async start(t: TestContext): Promise<Provider> {
    const provider = new Provider();
    provider.key = await generateKeyPair('ES256');
    const server = http.createServer((request, response) => void provider.#answer(request, response));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return provider;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (this.isDown) return void response.writeHead(503).end('down');
    const { issuer, key } = this;
    let body: object = {};
    if (request.url === '/.well-known/openid-configuration') {
      body = {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      };
    } else if (request.url === '/keys' && key) {
      body = { keys: [{ ...(await exportJWK(key.publicKey)), kid: 'one', alg: 'ES256' }] };
    } else if (request.url === '/token') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      this.forms.push(new URLSearchParams(text));
      const by = (this.signedBy ?? key)?.privateKey;
      if (!by) return void response.writeHead(500).end();
      const token = await new SignJWT({ iss: issuer, aud: 'of-gateway', sub: 'u1', ...this.claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(by);
      body = { id_token: token, token_type: 'Bearer' };
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }
}

interface Begun {
  readonly address: URL;
  readonly cookie: string;
}

async function begin(gateway: OfGateway): Promise<Begun> {
  const answer = await gateway.api('GET', '/system/login/oidc', { login: null });
  assert.equal(answer.status, 303);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(cookie, /; Path=\/system\/login; Max-Age=600; HttpOnly; SameSite=Lax$/);
  return { address: new URL(answer.headers.location ?? ''), cookie: cookie.split(';')[0] ?? '' };
}

function comeBack(gateway: OfGateway, { address, cookie }: Begun, query = ''): Promise<Answer> {
  const state = address.searchParams.get('state') ?? '';
  return gateway.api('GET', `/system/login/callback?${query || `code=c&state=${state}`}`, {
    login: null,
    headers: { cookie, 'sec-fetch-site': 'cross-site' },
  });
}

/** The cookie of a session that a login has begun. */
function sessionOf({ headers }: Answer): string | undefined {
  return headers['set-cookie']?.find((one) => one.includes('of-session') && one.includes('Path=/system'));
}

async function startBoth(t: TestContext): Promise<{ gateway: OfGateway; provider: Provider }> {
  const provider = await Provider.start(t);
  const gateway = await startGateway(t, { oidc_issuer: provider.issuer, oidc_write_groups: 'makers' });
  return { gateway, provider };
}

test('the browser goes with state, nonce and challenge, and the code comes back with the verifier', async (t) => {
  const { gateway, provider } = await startBoth(t);
  assert.match((await gateway.api('GET', '/system/login')).text, /"oidc":"127\.0\.0\.1:\d+"/);
  const begun = await begin(gateway);
  const sent = begun.address.searchParams;
  assert.equal(sent.get('code_challenge_method'), 'S256');
  assert.equal(sent.get('redirect_uri'), `${gateway.url}/system/login/callback`);
  provider.claims = { nonce: sent.get('nonce') ?? '', groups: ['makers'], preferred_username: 'ada' };
  const answer = await comeBack(gateway, begun);
  assert.equal(answer.status, 200);
  const session = sessionOf(answer);
  assert.match(session ?? '', /SameSite=Strict/);
  const headers = { cookie: session?.split(';')[0] ?? '' };
  const who = await gateway.api('GET', '/system/session', { login: null, headers });
  assert.match(who.text, /"user":"ada","access":"write"/);
  const [form] = provider.forms;
  assert.ok((form?.get('code_verifier') ?? '').length > 40);
  assert.equal((await comeBack(gateway, begun)).status, 401, 'once alone');
});

test('a login that may read alone gets no body of a call, which may be anything', async (t) => {
  const provider = await Provider.start(t);
  const groups = { oidc_write_groups: 'makers', oidc_read_groups: 'readers' };
  const gateway = await startGateway(t, { oidc_issuer: provider.issuer, ...groups });
  for (const [group, status] of [
    ['makers', 404],
    ['readers', 403],
  ] as const) {
    const begun = await begin(gateway);
    const nonce = begun.address.searchParams.get('nonce') ?? '';
    provider.claims = { nonce, groups: [group], preferred_username: 'ada' };
    const cookie = sessionOf(await comeBack(gateway, begun))?.split(';')[0] ?? '';
    const answer = await gateway.api('GET', '/system/async/one/body', { login: null, headers: { cookie } });
    assert.equal(answer.status, status, group);
  }
});

test('what is not of this login is refused', async (t) => {
  const { gateway, provider } = await startBoth(t);
  const other = await generateKeyPair('ES256');
  const right = (begun: Begun): JWTPayload => ({
    nonce: begun.address.searchParams.get('nonce') ?? '',
    groups: ['makers'],
  });
  const wrong: readonly [string, (begun: Begun) => void][] = [
    ['another nonce', () => (provider.claims = { nonce: 'another', groups: ['makers'] })],
    ['no nonce', () => (provider.claims = { groups: ['makers'] })],
    ['another audience', (begun) => (provider.claims = { ...right(begun), aud: 'another' })],
    ['another issuer', (begun) => (provider.claims = { ...right(begun), iss: 'https://evil.example' })],
    ['another key', (begun) => ((provider.claims = right(begun)), (provider.signedBy = other))],
  ];
  for (const [what, change] of wrong) {
    const begun = await begin(gateway);
    change(begun);
    const answer = await comeBack(gateway, begun);
    assert.equal(answer.status, 401, what);
    assert.equal(answer.headers['set-cookie'], undefined, what);
    provider.signedBy = undefined;
  }
  const begun = await begin(gateway);
  provider.claims = right(begun);
  assert.equal((await comeBack(gateway, { ...begun, cookie: '' })).status, 401, 'another browser');
  const again = await begin(gateway);
  assert.equal((await comeBack(gateway, again, 'code=c&state=guessed')).status, 401, 'another state');
  const refused = await begin(gateway);
  const query = `error=access_denied&state=${refused.address.searchParams.get('state') ?? ''}`;
  assert.match(
    (await comeBack(gateway, refused, query)).text,
    /the identity provider refuses: "access_denied"/,
  );
});

test('who is in none of the groups is 403, and a provider that is down is 503', async (t) => {
  const { gateway, provider } = await startBoth(t);
  const begun = await begin(gateway);
  provider.claims = { nonce: begun.address.searchParams.get('nonce') ?? '', groups: ['others'] };
  const answer = await comeBack(gateway, begun);
  assert.equal(answer.status, 403);
  assert.match(answer.text, /oidc_write_groups or oidc_read_groups/);
  const second = await begin(gateway);
  provider.isDown = true;
  assert.equal((await comeBack(gateway, second)).status, 503);
});

test('without a provider there is no such login, and one over plain HTTP elsewhere is refused', async (t) => {
  const gateway = await startGateway(t);
  assert.equal((await gateway.api('GET', '/system/login/oidc', { login: null })).status, 404);
  const refused = OfGateway.spawn(t, { oidc_issuer: 'http://id.example' });
  await refused.stderr.waitFor(/oidc_issuer.*expected https:\/\/HOST/);
});

test('groups give the most that any of them gives', () => {
  const rules = { write: ['w'], read: ['r'] };
  assert.equal(accessOf(['r', 'w'], rules), 'write');
  assert.equal(accessOf('r', rules), 'read');
  for (const claim of [undefined, null, [], ['x'], 7, { w: true }, [['w']]])
    assert.equal(accessOf(claim, rules), undefined, JSON.stringify(claim));
});

test('logins under way are bounded, and end after ten minutes', () => {
  const pending = new PendingLogins();
  const first = pending.begin('u', 0);
  for (let at = 0; at < 1000; at += 1) pending.begin('u', 0);
  assert.equal(pending.take(first.state, 0), undefined, 'forgotten');
  const last = pending.begin('u', 0);
  assert.equal(pending.take(last.state, PENDING_MS), undefined, 'over');
  const another = pending.begin('u', 0);
  assert.equal(pending.take(another.state, 1)?.verifier, another.verifier);
});
