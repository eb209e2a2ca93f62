import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutcomeWriter } from '../../gateway/async/outcome-writer.ts';

test('an outcome waits for the earlier one of its call that is written again, and so is the last on disk', async () => {
  const outcomes = new OutcomeWriter(() => undefined);
  const disk: string[] = [];
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  let tries = 0;
  await outcomes.put('1', async () => {
    tries += 1;
    if (tries === 1) throw new Error('the disk is full');
    await slow;
    disk.push('put off');
  });
  const retried = outcomes.retry();
  const finished = outcomes.put('1', async () => void disk.push('done'));
  release();
  await Promise.all([retried, finished]);
  assert.deepEqual(disk, ['put off', 'done']);
  await outcomes.retry();
  assert.deepEqual(disk, ['put off', 'done']);
});

test('so it does for one that is written for the first time', async () => {
  const outcomes = new OutcomeWriter(() => undefined);
  const disk: string[] = [];
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  const putOff = outcomes.put('1', () => slow.then(() => void disk.push('put off')));
  const finished = outcomes.put('1', async () => void disk.push('done'));
  await outcomes.put('2', async () => void disk.push('of another call'));
  release();
  await Promise.all([putOff, finished]);
  assert.deepEqual(disk, ['of another call', 'put off', 'done']);
});

test('one that fails while the next outcome of its call waits is not written again', async () => {
  const outcomes = new OutcomeWriter(() => undefined);
  const disk: string[] = [];
  let fail = (): void => undefined;
  const broken = new Promise<void>(
    (_resolve, reject) => (fail = () => reject(new Error('the disk is full'))),
  );
  let tries = 0;
  const putOff = outcomes.put('1', async () => {
    tries += 1;
    if (tries === 1) await broken;
    disk.push('put off');
  });
  const finished = outcomes.put('1', async () => void disk.push('done'));
  fail();
  await Promise.all([putOff, finished]);
  await outcomes.retry();
  assert.deepEqual(disk, ['done']);
});
