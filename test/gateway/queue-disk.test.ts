import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { LevelStore } from '../../gateway/async/level-store.ts';
import type { CallRecord } from '../../gateway/async/async-call.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { functionServer, newCall, openQueue } from '../support/queue.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { until } from '../support/wait.ts';

test('a full disk refuses calls with the reason, loses none, makes none twice, and is taken up again', async (t) => {
  const disk = mountSmallDisk(t, 2 << 20);
  if (!disk) return;
  const { folder } = disk;
  const { address, calls } = await functionServer(t, (_path, response) => response.end());
  const warnings: string[] = [];
  const queue = await openQueue(t, { folder, warn: (line) => warnings.push(line) });
  const taken: string[] = [];
  const body = Buffer.alloc(100_000, 'x');
  const refusals: unknown[] = [];
  while (refusals.length < 5) {
    const id = `call-${taken.length}`;
    await queue.submit(newCall(id, { body })).then(
      () => taken.push(id),
      (thrown: unknown) => refusals.push(thrown),
    );
  }
  assert.ok(taken.length >= 5, `${taken.length} were taken`);
  for (const refusal of refusals) {
    assert.equal((refusal as { code: string }).code, 'STORAGE_FAILED');
    assert.match((refusal as Error).message, /No space left on device.*check the disk of state_dir$/);
  }
  disk.makeRoom();
  await queue.submit(newCall('after', { body }));
  await queue.start(address);
  const all = [...taken, 'after'];
  await until(() => queue.list({ most: 1000, state: 'done' }).length === all.length, 'all to be done');
  assert.deepEqual(calls.map((url) => url.replace('/function/fn.openfaas-fn/', '')).sort(), [...all].sort());
  await queue.stop();
  const again = await openQueue(t, { folder });
  assert.equal(again.list({ most: 1000, state: 'waiting' }).length, 0);
  assert.equal(again.list({ most: 1000, state: 'done' }).length, all.length);
});

test('calls that end while the disk is full are not made again after a start', async (t) => {
  const disk = mountSmallDisk(t, 2 << 20);
  if (!disk) return;
  const { folder } = disk;
  const held: (() => void)[] = [];
  const { address, calls } = await functionServer(t, (_path, response) =>
    held.push(() => void response.end()),
  );
  const warnings: string[] = [];
  const queue = await openQueue(t, { folder, warn: (line) => warnings.push(line) });
  for (let count = 0; count < 10; count += 1) await queue.submit(newCall(`call-${count}`));
  await queue.start(address);
  await until(() => held.length === 10, 'all to run');
  const fill = async (): Promise<void> => {
    for (let bytes = 400_000; bytes > 10; bytes = Math.floor(bytes / 2)) {
      let isTaken = true;
      while (isTaken) {
        const call = newCall(`fill-${bytes}`, { name: 'other', body: Buffer.alloc(bytes, 'x') });
        isTaken = await queue.submit(call).then(
          () => true,
          () => false,
        );
      }
    }
  };
  await fill();
  for (const release of held) release();
  await until(() => warnings.length > 0, 'a write to fail');
  await until(() => queue.list({ most: 1000, name: newCall('').name, state: 'done' }).length === 10, 'done');
  disk.makeRoom();
  await queue.stop();
  const again = await openQueue(t, { folder });
  assert.equal(again.pending(newCall('').name), 0);
  assert.equal(calls.filter((url) => url.includes('/call-')).length, 10);
});

const CALLS = 30_000;

test('30,000 calls leave the store at a few megabytes', async (t) => {
  const folder = newFolder();
  t.after(() => removeFolder(folder));
  const store = await LevelStore.open(folder);
  const { content, ...call } = newCall('call', { body: Buffer.alloc(1000, 'x') });
  const through = async (id: number): Promise<string> => {
    const record: CallRecord = {
      ...call,
      id: String(1_000_000 + id),
      state: 'waiting',
      callback: 'none',
      tries: 0,
      submittedAt: 0,
      dueAt: 0,
      bytes: 1000,
    };
    await store.add(record, content);
    await store.finish({ ...record, state: 'done', finishedAt: 1 }, false);
    return record.id;
  };
  for (let first = 0; first < CALLS; first += 2000)
    await store.remove(await Promise.all(Array.from({ length: 2000 }, (_, at) => through(first + at))));
  assert.equal((await store.readRecords()).length, 0);
  await store.close();
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
  t.diagnostic(`${bytes} bytes are left of ${CALLS} calls`);
  assert.ok(bytes < 16 << 20, `${bytes} bytes are left`);
});

test('a write that follows another at once is made', async (t) => {
  const folder = newFolder();
  t.after(() => removeFolder(folder));
  const store = await LevelStore.open(folder);
  for (let count = 0; count < 20; count += 1) await store.remove([String(count)]);
  await store.close();
});
