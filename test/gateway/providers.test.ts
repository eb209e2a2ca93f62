import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLocalImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';
import type { Owner } from '../support/owner.ts';
import { call, deploy, IMAGE, providerSuite } from '../support/provider-suite.ts';

function prepare(stateFolder: string): void {
  makeLocalImage(stateFolder, IMAGE);
}

function startProcesses(owner: Owner): Promise<OfGateway> {
  return startGateway(owner, { provider: 'process', basic_auth: 'false' }, { prepare });
}

async function startRemote(owner: Owner): Promise<OfGateway> {
  const inner = await startProcesses(owner);
  return startGateway(owner, { functions_provider_url: inner.url, basic_auth: 'false' });
}

// A function behaves alike on this machine, and through another gateway; test/containers has it in containers too.
providerSuite('process', startProcesses);
providerSuite('remote', startRemote);

test('functions find each other by the URL that they have in a cluster', async (t) => {
  const gateway = await startProcesses(t);
  await deploy(gateway);
  for (const host of ['gateway.openfaas:8080', 'gateway.openfaas.svc.cluster.local:8080']) {
    const url = encodeURIComponent(`http://${host}/function/f/variable?name=OPENFAAS_NAME`);
    assert.equal(await call(gateway, `/call?url=${url}`), 'f');
  }
});

test('a function finds nothing of the gateway in its environment', async (t) => {
  const gateway = await startGateway(t, { basic_auth: 'false', MY_TOKEN: 'hunter2' }, { prepare });
  await deploy(gateway);
  assert.ok(!(await call(gateway, '/variables')).includes('hunter2'));
});
