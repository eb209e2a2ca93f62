// Attack: a token that is signed, or not signed, in a way that the bearer chose. The public key of the gateway is
// known to everybody: a checker that takes it for the secret of HS256 accepts tokens that everybody can make; `none`
// needs no key at all; a key in the token's own header (jwk, jku, x5u) is the attacker's; a key id may be a path.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { SignJWT, type JWK, type JWTPayload } from 'jose';
import { bearer, JwtAuthority, ISSUER, JWT_AUTH, makeKey, makeToken } from '../support/jwt-authority.ts';
import { startUpstream } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function claims(): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, aud: ISSUER, iat: now, exp: now + 300, function: { permissions: ['*'] } };
}

/** Signs with a shared secret. */
function hmacToken(secret: string | Buffer, kid: string): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('tokens that everybody can make', async (t) => {
  const key = await makeKey('rsa', 'RS256');
  const elliptic = await makeKey('ec', 'ES256');
  const gateway = await JwtAuthority.start(t, key, elliptic);
  if (!gateway) return;
  const watchdog = await startWatchdog(t, { fprocess: 'cat', ...JWT_AUTH });
  const statusOf = async (token: string): Promise<number> =>
    (await watchdog.request({ headers: bearer(token) })).status;
  assert.equal(await statusOf(await makeToken(key)), 200);

  await t.test('HS256 with the public key as the secret', async () => {
    const { alg: _alg, use: _use, kid: _kid, ...bare } = key.publicJwk;
    const publicKey = createPublicKey({ key: bare as JWK & { kty: string }, format: 'jwk' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const der = publicKey.export({ type: 'spki', format: 'der' });
    for (const secret of [pem, der, JSON.stringify(key.publicJwk), String(key.publicJwk.n), '']) {
      assert.equal(await statusOf(hmacToken(secret, key.id)), 401);
    }
  });

  for (const algorithm of ['none', 'None', 'NONE', 'nOnE', '']) {
    await t.test(`algorithm ${algorithm || '(empty)'}`, async () => {
      const header = encode({ alg: algorithm, typ: 'JWT', kid: key.id });
      const signature = (await makeToken(key)).split('.')[2] ?? '';
      assert.equal(await statusOf(`${header}.${encode(claims())}.`), 401);
      assert.equal(await statusOf(`${header}.${encode(claims())}.${signature}`), 401);
    });
  }

  await t.test('the claims of one token with the signature of another', async () => {
    const [header, , signature] = (await makeToken(key)).split('.');
    assert.equal(await statusOf(`${header}.${encode(claims())}.${signature}`), 401);
  });

  await t.test('a key of the attacker’s own, in the header or under a known id', async () => {
    const own = await makeKey(key.id, 'RS256');
    assert.equal(await statusOf(await makeToken(own)), 401);
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', jwk: own.publicJwk, kid: 'own' })
      .sign(own.privateKey);
    assert.equal(await statusOf(token), 401);
  });

  await t.test('a key that is to be fetched from the attacker', async () => {
    const own = await makeKey('own', 'RS256');
    const lair = await startUpstream(t, (_request, response) => {
      response.end(JSON.stringify({ keys: [own.publicJwk] }));
    });
    for (const name of ['jku', 'x5u']) {
      const header = encode({ alg: 'RS256', kid: 'own', [name]: `${lair.url}/keys` });
      assert.equal(await statusOf(`${header}.${encode(claims())}.c2ln`), 401);
    }
    assert.equal(lair.seen.length, 0, 'nobody came for it');
  });

  await t.test('a key of one kind used as one of another', async () => {
    assert.equal(await statusOf(await makeToken({ ...elliptic, id: key.id })), 401);
  });

  await t.test('an extension that must be understood and is not', async () => {
    const header = encode({ alg: 'RS256', kid: key.id, crit: ['exp'] });
    assert.equal(await statusOf(`${header}.${encode(claims())}.c2ln`), 401);
  });

  await t.test('two Authorization headers, a good one and a bad one', async () => {
    const good = await makeToken(key);
    const answer = await watchdog.exchange(
      `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bad\r\nAuthorization: Bearer ${good}\r\nConnection: close\r\n\r\n`,
    );
    assert.ok([400, 401].includes(answer.statuses[0] ?? 0), answer.text);
  });
});
