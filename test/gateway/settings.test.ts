import assert from 'node:assert/strict';
import { test } from 'node:test';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { OfGateway, startBeforeProvider, startGateway } from '../support/of-gateway.ts';

test('a setting that cannot be read ends the start with a line that names it', async (t) => {
  for (const [variables, names] of [
    [{ read_timeout: 'soon' }, /read_timeout="soon" cannot be read: expected a Go duration/],
    [{ provider: 'other' }, /provider="other" cannot be read: expected one of auto, process, engine, remote/],
    [{ provider: 'remote' }, /provider=remote needs functions_provider_url/],
    [{ functions_provider_url: 'somewhere' }, /functions_provider_url/],
    [{ state_dir: '/dev/null/x' }, /state_dir/],
  ] as const) {
    const gateway = OfGateway.spawn(t, variables);
    assert.equal(await gateway.exited, 1, JSON.stringify(variables));
    assert.match(gateway.stderr.lines.at(-1) ?? '', names);
  }
});

test('a flag goes before its variable', async (t) => {
  const gateway = OfGateway.spawn(t, { port: 'none' }, { args: ['--port', 'nowhere'] });
  assert.equal(await gateway.exited, 1);
  assert.match(gateway.stderr.text, /"nowhere"/);
});

test('variables that mean nothing here are told of only where they are set', async (t) => {
  const { gateway, provider } = await startBeforeProvider(t, { faas_nats_address: 'nats' });
  await gateway.stderr.waitFor(/Warning: faas_nats_address is set and has no effect/);
  assert.ok(!gateway.stderr.text.includes('faas_prometheus_host'));
  const quiet = await startGateway(t, { functions_provider_url: provider.url });
  assert.ok(!quiet.stderr.text.includes('Warning'));
});

test('a port that is in use is named, with the way out', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  t.after(() => void server.close());
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const { provider } = await startBeforeProvider(t);
  const gateway = OfGateway.spawn(t, { port: String(port), functions_provider_url: provider.url });
  assert.equal(await gateway.exited, 1);
  assert.match(
    gateway.stderr.text,
    new RegExp(`cannot listen on port ${port} of 127\\.0\\.0\\.1: it is in use; set port`),
  );
});

test('help names every setting, and a word that is no command is refused', async (t) => {
  const help = OfGateway.spawn(t, {}, { args: ['--help'] });
  assert.equal(await help.exited, 0);
  for (const name of ['host', 'metrics_port', 'functions_provider_url', 'basic_auth', 'function_namespace']) {
    assert.match(help.stdout.text, new RegExp(`^  ${name}\\b`, 'm'));
  }
  const version = OfGateway.spawn(t, {}, { args: ['--version'] });
  assert.equal(await version.exited, 0);
  assert.match(version.stdout.text, /^\d+\.\d+\.\d+ \(\w+\)\n$/);
  assert.equal(await OfGateway.spawn(t, {}, { args: ['dance'] }).exited, 2);
});
