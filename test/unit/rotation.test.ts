import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rotation } from '../../gateway/routing/rotation.ts';

const NAME = { name: 'fn', namespace: 'openfaas-fn' };

test('an instance that took no connection is the last choice for a second, and is looked after now and then', () => {
  const clock = { now: 0 };
  const looked: string[] = [];
  const rotation = new Rotation(() => clock.now);
  rotation.open(NAME, () => undefined);
  for (const instance of ['a', 'b']) {
    const look = (): void => void looked.push(instance);
    rotation.add(NAME, { instance, host: 'h', port: 1, basePath: '', look });
  }
  const take = () => {
    const place = rotation.take(NAME);
    assert.ok(place);
    return place;
  };
  const failed = take();
  const { instance } = failed.endpoint;
  failed.doubt();
  failed.release();
  const held = Array.from({ length: 3 }, take);
  assert.ok(held.every(({ endpoint }) => endpoint.instance !== instance));
  clock.now = 200;
  failed.doubt();
  assert.deepEqual(looked, [instance]);
  clock.now = 300;
  failed.doubt();
  assert.deepEqual(looked, [instance, instance]);
  clock.now = 1299;
  assert.notEqual(take().endpoint.instance, instance);
  clock.now = 1300;
  assert.equal(take().endpoint.instance, instance, 'it has the fewest calls');
});

test('where all instances are doubted calls go on to them', () => {
  const rotation = new Rotation(() => 5);
  rotation.open(NAME, () => undefined);
  rotation.add(NAME, { instance: 'a', host: 'h', port: 1, basePath: '' });
  const place = rotation.take(NAME);
  place?.doubt();
  place?.release();
  assert.equal(rotation.take(NAME)?.endpoint.instance, 'a');
});
