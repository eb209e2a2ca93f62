import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { before, test } from 'node:test';
import { makeLocalImage } from '../support/local-image.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { Container, podman, until } from './container.ts';
import { buildGatewayImage, GATEWAY_IMAGE } from './gateway-image.ts';

const STATE = '/var/lib/of-gateway';

before(buildGatewayImage);

async function isHealthy(container: Container): Promise<void> {
  const url = await container.url('/healthz');
  await until(
    async () => (await fetch(url).catch(() => undefined))?.status === 200,
    async () => `not healthy: ${await container.logs()}`,
  );
}

test('the image of the gateway runs shut in, and keeps its password when it is killed', async (t) => {
  const container = await Container.start(t, GATEWAY_IMAGE);
  await isHealthy(container);
  const password = await podman('exec', container.id, 'cat', `${STATE}/basic-auth-password`);
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(await container.url('/system/functions'), { headers })).status;
  assert.equal(await ask({}), 401);
  assert.equal(await ask({ authorization }), 200);

  await podman('kill', '--signal=KILL', container.id);
  await podman('wait', container.id);
  await podman('start', container.id);
  await isHealthy(container);
  assert.equal(await ask({ authorization }), 200);
});

test('a function of a local image answers in it', async (t) => {
  const state = makeStateFolder();
  chmodSync(state, 0o777);
  makeLocalImage(state, 'image');
  const container = await Container.start(t, GATEWAY_IMAGE, {
    env: { basic_auth: 'false' },
    flags: [`--volume=${state}:${STATE}`],
  });
  await isHealthy(container);
  const answer = await fetch(await container.url('/system/functions'), {
    method: 'POST',
    body: JSON.stringify({ service: 'f', image: 'image', envVars: { WORD: 'hello' } }),
  });
  assert.equal(answer.status, 202, await answer.text());
  const call = await fetch(await container.url('/function/f/variable?name=WORD'));
  assert.equal(await call.text(), 'hello');
});
