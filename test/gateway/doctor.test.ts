import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OfGateway, startBeforeProvider } from '../support/of-gateway.ts';

test('the doctor says a line each, and fails with the way out where the gateway could not start', async (t) => {
  const well = OfGateway.spawn(t, {}, { args: ['doctor'] });
  assert.equal(await well.exited, 0);
  assert.match(well.stdout.text, /^ok {4}Node /m);
  assert.match(well.stdout.text, /^ok {4}state_dir \S+ can be written, with fsync/m);
  const ill = OfGateway.spawn(t, { state_dir: '/dev/null/x' }, { args: ['doctor'] });
  assert.equal(await ill.exited, 1);
  assert.match(ill.stdout.text, /^fail {2}state_dir .*set state_dir to a folder of your own/m);
});

test('it tells of the gateway that runs already', async (t) => {
  const { gateway } = await startBeforeProvider(t);
  const doctor = OfGateway.spawn(t, {}, { folder: gateway.folder, args: ['doctor'] });
  assert.equal(await doctor.exited, 0);
  assert.ok(doctor.stdout.text.includes(`a gateway runs already: process ${gateway.pid} at ${gateway.url}`));
});
