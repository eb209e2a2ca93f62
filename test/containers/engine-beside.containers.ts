import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { request } from '../support/request.ts';
import { until } from '../support/wait.ts';
import { Container, podman } from './container.ts';
import { buildEngineImages, IMAGES } from './engine-images.ts';
import { EngineService } from './engine-service.ts';
import { buildGatewayImage, GATEWAY_IMAGE } from './gateway-image.ts';

/** The gateway in a container itself, beside those of its functions. */

const STATE = '/var/lib/of-gateway';
const SELF = encodeURIComponent('http://gateway.openfaas:8080/function/f/variable?name=OPENFAAS_NAME');

before(async () => {
  await buildGatewayImage();
  await buildEngineImages();
});

/** A gateway in a container, as its users reach it. */
class Beside {
  readonly #port: number;
  readonly #password: string;

  constructor(port: number, password: string) {
    this.#port = port;
    this.#password = password;
  }

  static async of(container: string, port: number): Promise<Beside> {
    const answers = async () => (await request(port, { path: '/healthz' })).status === 200;
    await until(answers, async () => `its health; its log: ${await podman('logs', container)}`);
    return new Beside(port, await podman('exec', container, 'cat', `${STATE}/basic-auth-password`));
  }

  async post(target: string, body: object): Promise<void> {
    const authorization = `Basic ${Buffer.from(`admin:${this.#password}`).toString('base64')}`;
    const text = JSON.stringify(body);
    const { status, text: why } = await request(this.#port, {
      method: 'POST',
      path: target,
      headers: { authorization },
      body: text,
    });
    assert.equal(status, 202, why);
  }

  async call(target: string): Promise<string> {
    const { status, text } = await request(this.#port, { path: `/function/f${target}`, deadlineMs: 30_000 });
    assert.equal(status, 200, text);
    return text;
  }
}

async function tryFunctions(gateway: Beside): Promise<string> {
  await gateway.post('/system/secrets', { name: 's', value: 'from the volume' });
  await gateway.post('/system/functions', { service: 'f', image: IMAGES.http, secrets: ['s'] });
  assert.equal(await gateway.call('/secret?name=s'), 'from the volume');
  assert.equal(await gateway.call(`/call?url=${SELF}`), 'f');
  return gateway.call('/instance');
}

/** Removes the remains of the functions of a gateway that has kept its state in a volume. */
function cleanUp(t: TestContext, volume: string): void {
  t.after(async () => {
    const folder = await podman('volume', 'inspect', '--format', '{{.Mountpoint}}', volume);
    const state = readFileSync(path.join(folder, 'engine-id'), 'utf8').trim();
    const filter = `label=dev.of-gateway.state=${state}`;
    const left = (await podman('ps', '-aq', '--filter', filter)).split('\n').filter(Boolean);
    if (left.length > 0) await podman('rm', '--force', '--time=0', ...left);
    const networks = (await podman('network', 'ls', '-q', '--filter', filter)).split('\n').filter(Boolean);
    if (networks.length > 0) await podman('network', 'rm', '--force', ...networks);
    await podman('volume', 'rm', '--force', volume);
  });
}

test('in a container, as compose.yaml has it, it goes on with its functions after kill -9', async (t) => {
  const engine = await EngineService.start(t);
  const volume = `of-test-${process.pid}`;
  const container = await Container.start(t, GATEWAY_IMAGE, {
    locked: false,
    env: { provider: 'engine', engine_host: 'unix:///var/run/docker.sock' },
    flags: [
      '--user=root',
      '--security-opt=no-new-privileges',
      `--volume=${volume}:${STATE}`,
      `--volume=${engine.socket}:/var/run/docker.sock`,
    ],
  });
  cleanUp(t, volume);
  const port = async () => Number(new URL(await container.url()).port);
  const instance = await tryFunctions(await Beside.of(container.id, await port()));
  await podman('kill', '--signal=KILL', container.id);
  await podman('wait', container.id);
  await podman('start', container.id);
  const again = await Beside.of(container.id, await port());
  // Not by its name in their network: Podman 4's name server may go on with the address of before (docs/gateway.md).
  assert.equal(await again.call('/instance'), instance);
  const published = await port();
  assert.equal(await container.stop(60), 0);
  const { stdout: rules } = await execa('iptables', ['--table', 'nat', '--list-rules']);
  assert.doesNotMatch(rules, new RegExp(`--dport ${published} `), 'its port leads nowhere any more');
});

test('in a pod, as docs/of-gateway.kube.yaml has it', async (t) => {
  const engine = await EngineService.start(t);
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-'));
  const file = path.join(folder, 'kube.yaml');
  t.after(async () => {
    await podman('kube', 'down', file);
    rmSync(folder, { recursive: true, force: true });
  });
  const port = 20_000 + (process.pid % 10_000);
  const manifest = readFileSync('docs/of-gateway.kube.yaml', 'utf8')
    .replace('path: /run/podman/podman.sock', `path: ${engine.socket}`)
    .replace('hostPort: 8080', `hostPort: ${port}`)
    .replace('localhost/of-gateway:latest', GATEWAY_IMAGE);
  writeFileSync(file, manifest);
  await podman('kube', 'play', file);
  cleanUp(t, 'of-gateway');
  await tryFunctions(await Beside.of('of-gateway-gateway', port));
});
