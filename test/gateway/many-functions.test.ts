import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { deploy, makeServerImage } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { childrenOf } from '../support/process-table.ts';
import { until } from '../support/wait.ts';

const NAMESPACES = 100;
const FUNCTIONS = 1000;

test('1,000 functions at rest in 100 namespaces: all are there after a start, take no process, and answer when called', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const first = await startGateway(t, {}, { folder });
  await first.api('POST', '/system/namespace/', { body: { name: 'n0', annotations: { openfaas: '1' } } });
  await deploy(first, { service: 'f0', namespace: 'n0' });
  const scaled = await first.api('POST', '/system/scale-function/f0', {
    body: { serviceName: 'f0', namespace: 'n0', replicas: 0 },
  });
  assert.equal(scaled.status, 202, scaled.text);
  const atRest = async (): Promise<boolean> => {
    const { text } = await first.api('GET', '/system/function/f0?namespace=n0');
    const { replicas, availableReplicas } = JSON.parse(text) as Record<string, number>;
    return !replicas && !availableReplicas; // zeros are left out
  };
  await until(atRest, 'f0 to rest');
  first.kill('SIGTERM');
  await first.exited;
  copyAll(folder);

  const gateway = await startGateway(t, {}, { folder });
  const namespaces = JSON.parse((await gateway.api('GET', '/system/namespaces')).text) as string[];
  assert.equal(namespaces.length, NAMESPACES + 1);
  let quickest = Infinity;
  for (const namespace of namespaces.filter((name) => name.startsWith('n'))) {
    const start = performance.now();
    const { text } = await gateway.api('GET', `/system/functions?namespace=${namespace}`);
    quickest = Math.min(quickest, performance.now() - start);
    assert.equal((JSON.parse(text) as unknown[]).length, FUNCTIONS / NAMESPACES);
  }
  t.diagnostic(`the list of a namespace: ${quickest.toFixed(1)} ms at the quickest`);
  assert.deepEqual(childrenOf(gateway.pid), []);
  assert.equal((await gateway.request({ path: '/function/f999.n99/status?code=202' })).text, 'said 202');
});

/** Makes all other functions from the files that the gateway kept of the first. */
function copyAll(folder: string): void {
  const kept = (kind: string, ...names: string[]): string => path.join(folder, kind, ...names);
  const namespace = readFileSync(kept('namespaces', 'n0.json'), 'utf8');
  const one = readFileSync(kept('functions', 'n0', 'f0.json'), 'utf8');
  for (let at = 0; at < FUNCTIONS; at += 1) {
    const own = `n${at % NAMESPACES}`;
    writeFileSync(kept('namespaces', `${own}.json`), namespace.replaceAll('"n0"', `"${own}"`));
    mkdirSync(kept('functions', own), { recursive: true });
    const text = one.replaceAll('"n0"', `"${own}"`).replaceAll('"f0"', `"f${at}"`);
    writeFileSync(kept('functions', own, `f${at}.json`), text);
  }
  assert.equal(readdirSync(kept('functions')).length, NAMESPACES);
}
