import assert from 'node:assert/strict';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { commandLine } from '../support/command.ts';
import { runWatchdog, startWatchdog } from '../support/watchdog.ts';

/** An address of this machine other than loopback. */
const OUTSIDE = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

for (const workers of ['1', '2']) {
  test(`listen_address=127.0.0.1 keeps both ports to this machine, with workers=${workers}`, async (t) => {
    const variables = { mode: 'streaming', fprocess: commandLine('cat'), workers };
    const shut = await startWatchdog(t, { ...variables, listen_address: '127.0.0.1' });
    assert.equal((await shut.request({ method: 'POST', body: 'in' })).text, 'in');
    if (OUTSIDE === undefined) return t.skip('this machine has no address but loopback');
    const open = await startWatchdog(t, variables);
    assert.equal(await canConnect(OUTSIDE, open.port), true);
    for (const port of [shut.port, shut.metricsPort]) assert.equal(await canConnect(OUTSIDE, port), false);
  });
}

test('listen_address has to be an address', async (t) => {
  const { code, log } = await runWatchdog(t, { fprocess: 'cat', listen_address: 'localhost:1' });
  assert.equal(code, 1);
  assert.match(log, /listen_address="localhost:1" cannot be read: expected an IP address/);
});
