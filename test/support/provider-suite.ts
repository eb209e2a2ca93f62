import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { OfGateway } from './of-gateway.ts';
import type { Owner } from './owner.ts';
import { until } from './wait.ts';

/** The image of test/fixtures/gateway/function.mjs in http mode, which a provider has to have. */
export const IMAGE = 'image';

/** Deploys `f`. */
export async function deploy(gateway: OfGateway, body: object = {}, method = 'POST'): Promise<void> {
  const answer = await gateway.api(method, '/system/functions', {
    body: { service: 'f', image: IMAGE, ...body },
  });
  assert.equal(answer.status, 202, answer.text);
}

/** @returns what `f` answers, with 200 */
export async function call(gateway: OfGateway, target = ''): Promise<string> {
  const { status, text } = await gateway.request({ path: `/function/f${target}` });
  assert.equal(status, 200, text);
  return text;
}

async function status(gateway: OfGateway): Promise<Record<string, unknown>> {
  return JSON.parse((await gateway.api('GET', '/system/function/f?usage=1')).text);
}

/**
 * The tests that functions pass behind every provider.
 * @param start a gateway without a login, whose provider has the image
 */
export function providerSuite(name: string, start: (owner: Owner) => Promise<OfGateway>): void {
  test(`${name}: the first call after a deployment is served`, async (t) => {
    const gateway = await start(t);
    await deploy(gateway, { envVars: { WORD: 'a b=c' } });
    assert.equal(await call(gateway, '/variable?name=WORD'), 'a b=c');
    await until(async () => (await status(gateway))['availableReplicas'] === 1, 'the instance');
  });

  test(`${name}: no call fails while a function is replaced`, async (t) => {
    const gateway = await start(t);
    await deploy(gateway, { envVars: { WORD: '1' } });
    await call(gateway);
    const load = { isDone: false };
    const calls = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!load.isDone) await call(gateway, '/slow?ms=20');
      }),
    );
    await deploy(gateway, { envVars: { WORD: '2' } }, 'PUT');
    await until(async () => (await call(gateway, '/variable?name=WORD')) === '2', 'the new version');
    load.isDone = true;
    await calls;
  });

  test(`${name}: replicas share the calls; at zero the next call starts one`, async (t) => {
    const gateway = await start(t);
    await deploy(gateway);
    const scale = async (replicas: number) => {
      const answer = await gateway.api('POST', '/system/scale-function/f', { body: { replicas } });
      assert.equal(answer.status, 202, answer.text);
      await until(
        async () => ((await status(gateway))['availableReplicas'] ?? 0) === replicas,
        `${replicas} instances`,
      );
    };
    await scale(3);
    const instances = await Promise.all(Array.from({ length: 12 }, () => call(gateway, '/instance')));
    assert.equal(new Set(instances).size, 3);
    await scale(0);
    const calls = await Promise.all(Array.from({ length: 10 }, () => call(gateway, '/instance')));
    assert.equal(new Set(calls).size, 1);
  });

  test(`${name}: a function that ends by itself comes back, and calls wait for it`, async (t) => {
    const gateway = await start(t);
    await deploy(gateway);
    const instance = await call(gateway, '/instance');
    await call(gateway, '/exit');
    await until(async () => {
      const { status: code, text } = await gateway.request({ path: '/function/f/instance' });
      return code === 200 && text !== instance;
    }, 'another instance');
  });

  test(`${name}: a secret is read by the function that names it, and seen new by the next version`, async (t) => {
    const gateway = await start(t);
    await gateway.api('POST', '/system/secrets', { body: { name: 's', value: 'one' } });
    await deploy(gateway, { secrets: ['s'] });
    assert.equal(await call(gateway, '/secret?name=s'), 'one');
    await gateway.api('PUT', '/system/secrets', { body: { name: 's', value: 'two' } });
    await deploy(gateway, { secrets: ['s'] }, 'PUT');
    await until(async () => (await call(gateway, '/secret?name=s')) === 'two', 'the new value');
  });

  test(`${name}: what a function writes is in its logs, of each instance and as it comes`, async (t) => {
    const gateway = await start(t);
    await deploy(gateway);
    await call(gateway, '/log?name=first');
    const lines = async (query = '') => {
      const { text } = await gateway.api('GET', `/system/logs?name=f${query}`);
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    await until(async () => (await lines()).some(({ text }) => text === 'err first'), 'the lines');
    const [{ instance }] = await lines('&tail=1');
    assert.ok((await lines(`&instance=${instance}`)).length > 0);
    assert.deepEqual(await lines('&instance=none'), []);
    let seen = '';
    const follower = gateway.api('GET', '/system/logs?name=f&tail=1&follow=true', {
      onChunk: (chunk) => (seen += chunk.toString()),
    });
    await until(() => seen !== '', 'the last line');
    await call(gateway, '/log?name=second');
    await until(() => seen.includes('out second'), 'the line that came');
    gateway.kill('SIGTERM');
    await follower;
  });

  test(`${name}: an image, a secret and a namespace that are not there are 400 and named`, async (t) => {
    const gateway = await start(t);
    for (const [body, names] of [
      [{ image: 'none/such:1' }, /none\/such/],
      [{ secrets: ['missing'] }, /missing/],
      [{ namespace: 'nowhere' }, /nowhere/],
    ] as const) {
      const answer = await gateway.api('POST', '/system/functions', {
        body: { service: 'f', image: IMAGE, ...body },
      });
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.match(answer.text, names);
    }
    assert.equal((await gateway.api('GET', '/system/functions')).text, '[]');
  });

  test(`${name}: namespaces are apart`, async (t) => {
    const gateway = await start(t);
    await gateway.api('POST', '/system/namespace/', { body: { name: 'dev', labels: { openfaas: '1' } } });
    await deploy(gateway, { envVars: { WORD: 'default' } });
    await deploy(gateway, { envVars: { WORD: 'dev' }, namespace: 'dev' });
    assert.equal(await call(gateway, '.dev/variable?name=WORD'), 'dev');
    assert.equal(await call(gateway, '/variable?name=WORD'), 'default');
    const answer = await gateway.api('DELETE', '/system/namespace/dev', { body: { name: 'dev' } });
    assert.equal(answer.status, 202, answer.text);
    assert.equal((await gateway.request({ path: '/function/f.dev' })).status, 404);
    assert.equal(await call(gateway, '/variable?name=WORD'), 'default');
    for (const kind of ['functions', 'secrets', 'logs']) {
      // Logs go once the last instance has ended, for which the removal does not wait.
      await until(() => !existsSync(path.join(gateway.folder, kind, 'dev')), `the end of ${kind}`);
    }
    const protectedOne = await gateway.api('DELETE', '/system/namespace/openfaas-fn', {
      body: { name: 'openfaas-fn' },
    });
    assert.equal(protectedOne.status, 400);
  });
}
