import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration, parseGoDuration, timerDelay } from '../../common/duration.ts';

const READ: readonly [string, number | undefined][] = [
  ['0', 0],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['1.s', 1000],
  ['300ms', 300],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['+5s', 5000],
  ['-5s', -5000],
  ['', undefined],
  ['10', undefined],
  ['10sec', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['1 s', undefined],
  [' 1s', undefined],
  ['1s ', undefined],
  ['1e3s', undefined],
  ['--1s', undefined],
  ['9999999h', undefined],
];

for (const [text, ms] of READ) {
  test(`Go's form of a duration: ${JSON.stringify(text)} is ${ms} ms`, () => {
    assert.equal(parseGoDuration(text), ms);
  });
}

test('a bare whole number is seconds, as in the watchdogs of OpenFaaS', () => {
  assert.equal(parseDuration('10'), 10_000);
  assert.equal(parseDuration('0'), 0);
  assert.equal(parseDuration('1.5'), undefined);
  assert.equal(parseDuration('-1'), undefined);
  assert.equal(parseDuration('99999999999999999999'), undefined);
});

const PRINTED: readonly [number, string][] = [
  [0, '0s'],
  [500, '500ms'],
  [1500, '1.5s'],
  [30_000, '30s'],
  [60_000, '1m0s'],
  [90_000, '1m30s'],
  [3_600_000, '1h0m0s'],
  [5_430_500, '1h30m30.5s'],
  [0.25, '250µs'],
  [0.000_25, '250ns'],
  [-1500, '-1.5s'],
];

for (const [ms, text] of PRINTED) {
  test(`${ms} ms is printed as Go does: ${text}`, () => {
    assert.equal(formatDuration(ms), text);
  });
}

test('what is printed is read as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (ms) => {
      assert.equal(parseGoDuration(formatDuration(ms)), ms);
    }),
  );
});

test('no text makes a duration that is not a number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.hmsunµ]{0,12}$/)), (text) => {
      const ms = parseDuration(text);
      assert.ok(ms === undefined || Number.isFinite(ms));
    }),
  );
});

test('a delay never passes what setTimeout keeps, past which it would fire at once', () => {
  assert.equal(timerDelay(1000), 1000);
  assert.equal(timerDelay(1000 * 3_600_000), 2 ** 31 - 1);
});
