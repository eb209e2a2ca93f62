import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContent } from '../../gateway/async/async-call.ts';
import { RecentContents } from '../../gateway/async/recent-contents.ts';

function content(bytes: number): CallContent {
  return { target: '/', headers: [], body: Buffer.alloc(bytes) };
}

test('contents are held up to so many bytes, and the oldest go first', () => {
  const recent = new RecentContents(10_000);
  const [first, second, third] = [content(3000), content(3000), content(3000)];
  recent.set('1', first);
  recent.set('2', second);
  assert.equal(recent.get('1'), first);
  recent.set('3', third);
  assert.deepEqual(
    ['1', '2', '3'].map((id) => recent.get(id)),
    [undefined, second, third],
  );
  recent.delete('2');
  recent.delete('2');
  recent.set('4', content(4000));
  assert.equal(recent.get('3'), third, 'what was deleted has given its room back');
});

test('one that is larger than all of the room is not held', () => {
  const recent = new RecentContents(10_000);
  recent.set('1', content(1000));
  recent.set('2', content(20_000));
  assert.deepEqual([recent.get('1'), recent.get('2')], [undefined, undefined]);
  recent.set('3', content(8000));
  assert.ok(recent.get('3'));
});
