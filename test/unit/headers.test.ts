import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endToEndHeaders, replaceHeader } from '../../common/http/upstream/headers.ts';
import { forwardedTarget } from '../../common/http/upstream/request-target.ts';

test('hop-by-hop headers stay on their hop, whatever their spelling', () => {
  const raw = ['Connection', 'close', 'KEEP-ALIVE', 'timeout=5', 'te', 'gzip', 'Upgrade', 'h2c', 'X-A', '1'];
  assert.deepEqual(endToEndHeaders(raw), ['X-A', '1']);
});

test('so do those that Connection names, before it or after it', () => {
  const raw = ['X-Secret', 's', 'Connection', 'X-Secret, x-other', 'X-Other', 'o', 'X-Kept', 'k'];
  assert.deepEqual(endToEndHeaders(raw), ['X-Kept', 'k']);
});

test('but no sender can name away what frames or routes the message', () => {
  const raw = [
    'Content-Length',
    '3',
    'Host',
    'h',
    'Authorization',
    'a',
    'Connection',
    'content-length, host, authorization',
  ];
  assert.deepEqual(endToEndHeaders(raw), ['Content-Length', '3', 'Host', 'h', 'Authorization', 'a']);
});

test('the rest keeps its order, its spelling and its number', () => {
  const header = fc.tuple(fc.stringMatching(/^X-[A-Za-z0-9]{1,12}$/), fc.string());
  fc.assert(
    fc.property(fc.array(header), (headers) => {
      const raw = headers.flat();
      assert.deepEqual(endToEndHeaders(raw), raw);
    }),
  );
});

test('a header that is replaced stands once', () => {
  assert.deepEqual(replaceHeader(['host', 'a', 'X', '1', 'HOST', 'b'], 'Host', 'c'), ['X', '1', 'Host', 'c']);
});

const TARGETS: readonly [string, string, string, string | undefined][] = [
  ['/a%20b//c?x=%2F', '', '/a%20b//c?x=%2F', undefined],
  ['/x', '/base', '/base/x', undefined],
  ['*', '', '*', undefined],
  ['http://other.example/p?q', '', '/p?q', 'other.example'],
  ['http://other.example:81', '', '/', 'other.example:81'],
  ['http://other.example?q', '', '/?q', 'other.example'],
];

for (const [target, base, path, host] of TARGETS) {
  test(`request target ${target} under ${JSON.stringify(base)} goes on as ${path}`, () => {
    assert.deepEqual(forwardedTarget(target, base), { path, host });
  });
}
