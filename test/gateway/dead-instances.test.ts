import assert from 'node:assert/strict';
import net from 'node:net';
import { test, type TestContext } from 'node:test';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import { openFilesOf, processesWith, sendSignal } from '../support/process-table.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { attemptsTo, socketOf } from '../support/tcp-table.ts';
import { settled, until } from '../support/wait.ts';

/** Calls that meet an instance that takes no connection and does not refuse it, as one whose machine has just gone. */

/** Switches probes off, so that only calls find the dead instance. */
const UNWATCHED = {
  'com.openfaas.health.periodSeconds': '3600',
  'com.openfaas.ready.periodSeconds': '3600',
};

/** More than a watchdog's listener has room for. */
const CONNECTIONS = 4500;

interface Called {
  readonly gateway: OfGateway;
  /** Where one of its instances listens, and the process of its watchdog. */
  readonly port: number;
  readonly watchdog: number;
}

/** Starts a function. The gateway keeps no connection to it. */
async function start(t: TestContext, replicas: number): Promise<Called> {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  const labels = { 'com.openfaas.scale.min': String(replicas) };
  await deploy(gateway, { service: 'fn', labels, annotations: UNWATCHED, envVars: { MARK: folder } });
  await until(async () => (await statusOf(gateway, 'fn')).availableReplicas === replicas, 'all replicas');
  const headers = { expect: '100-continue' };
  const { text } = await gateway.request({ path: '/function/fn', method: 'POST', headers, body: 'where' });
  const port = Number(/"host":"127\.0\.0\.1:(\d+)"/.exec(text)?.[1]);
  const listener = socketOf(port, 0) ?? '';
  const [watchdog = 0] = processesWith(`MARK=${folder}`).filter((pid) => openFilesOf(pid).includes(listener));
  assert.ok(watchdog > 0, 'its watchdog');
  return { gateway, port, watchdog };
}

/** Stops a watchdog's process and fills its listener, so that new connections get no answer. */
async function silence(t: TestContext, { port, watchdog }: Called): Promise<void> {
  sendSignal(watchdog, 'SIGSTOP');
  t.after(() => sendSignal(watchdog, 'SIGKILL'));
  let connected = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    net.connect(port, '127.0.0.1', () => (connected += 1)).on('error', () => undefined),
  );
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  await until(() => connected > 0, 'its first connections');
  await settled(() => connected, 300);
  assert.ok(connected < CONNECTIONS, 'its listener is full');
  for (const socket of sockets) if (socket.connecting) socket.destroy();
  await until(() => attemptsTo(port) === 0, 'the end of the attempts');
}

/** A call of each kind that goes its own way through the gateway. Each gives its status, and 0 where none came. */
async function callAll(gateway: OfGateway): Promise<number[]> {
  const path = '/function/fn';
  const upgrade = await gateway.connect();
  upgrade.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const answers = await Promise.all([
    gateway.request({ path }),
    gateway.request({ path, method: 'POST', body: 'whole' }),
    gateway.request({ path, method: 'POST', headers: { expect: '100-continue' }, body: 'later' }),
    gateway.request({
      path,
      method: 'POST',
      headers: { trailer: 'x-sum', 'transfer-encoding': 'chunked' },
      body: 'chunks',
    }),
    upgrade
      .waitClosed()
      .then(() => ({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(upgrade.received)?.[1] ?? 0) })),
  ]);
  return answers.map(({ status }) => status);
}

test('a call whose instance takes no connection goes to another that is ready', async (t) => {
  const called = await start(t, 2);
  await silence(t, called);
  for (let round = 0; round < 2; round += 1)
    assert.deepEqual(await callAll(called.gateway), [200, 200, 200, 200, 200]);
});

test('calls that are connecting to an instance as it ends are answered by the next', async (t) => {
  const called = await start(t, 1);
  await silence(t, called);
  const calls = callAll(called.gateway);
  await until(() => attemptsTo(called.port) >= 3, 'calls to be on their way');
  sendSignal(called.watchdog, 'SIGKILL');
  assert.deepEqual(await calls, [200, 200, 200, 200, 200]);
});
