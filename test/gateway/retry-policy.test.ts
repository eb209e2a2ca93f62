import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  nextTry,
  readRetryPolicy,
  type Backoff,
  type Outcome,
  type RetryPolicy,
} from '../../gateway/async/retry-policy.ts';

const DEFAULTS: RetryPolicy = {
  attempts: 10,
  codes: new Set([408, 429, 500, 502, 503, 504]),
  minWait: 10_000,
  maxWait: 120_000,
};

function policy(told: Record<string, string> = {}): RetryPolicy {
  const annotations = Object.fromEntries(
    Object.entries(told).map(([name, value]) => [`com.openfaas.retry.${name}`, value]),
  );
  return readRetryPolicy({ annotations }, DEFAULTS).policy;
}

function wait(
  tries: number,
  outcome: Partial<Outcome>,
  of = policy(),
  backoff: Backoff = 'exponential',
  random = 0,
) {
  return nextTry(of, backoff, tries, { status: 503, isInternal: false, ...outcome }, 0, random);
}

test('waits double from min_wait to max_wait', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 9].map((tries) => wait(tries, {})),
    [10_000, 20_000, 40_000, 80_000, 120_000, 120_000],
  );
});

test('the last try is the one that attempts names', () => {
  assert.equal(wait(10, {}), undefined);
  assert.equal(wait(1, {}, policy({ attempts: '1' })), undefined);
  assert.equal(wait(900, {}, policy({ attempts: '1000' })), 120_000);
});

test('only the codes that are listed are tried again', () => {
  assert.equal(wait(1, { status: 200 }), undefined);
  assert.equal(wait(1, { status: 404 }), undefined);
  assert.equal(wait(1, { status: 404 }, policy({ codes: '404, 429' })), 10_000);
  assert.equal(wait(1, { status: 503 }, policy({ codes: '404' })), undefined);
});

test("an answer of the platform's own is tried again whatever its code", () => {
  assert.equal(wait(1, { status: 404, isInternal: true }, policy({ codes: '429' })), 10_000);
  assert.equal(wait(10, { status: 404, isInternal: true }), undefined);
});

test('Retry-After of 429 and 503 counts, but not below min_wait', () => {
  assert.equal(wait(1, { status: 429, retryAfter: '300' }), 300_000);
  assert.equal(wait(1, { status: 503, retryAfter: '1' }), 10_000);
  assert.equal(wait(1, { status: 500, retryAfter: '300' }), 10_000);
  assert.equal(wait(1, { status: 429, retryAfter: 'Thu, 01 Jan 1970 00:01:00 GMT' }), 60_000);
});

for (const nonsense of ['soon', '-5', '1e9', '99999999', '1.5', 'Thu, 01 Jan 1970', '']) {
  test(`Retry-After: ${JSON.stringify(nonsense)} says nothing`, () => {
    assert.equal(wait(1, { status: 429, retryAfter: nonsense }), 10_000);
  });
}

test('full spreads a wait over its length, equal over its second half', () => {
  assert.equal(wait(2, {}, policy(), 'full', 0), 0);
  assert.equal(wait(2, {}, policy(), 'full', 0.5), 10_000);
  assert.equal(wait(2, {}, policy(), 'equal', 0), 10_000);
  assert.equal(wait(2, {}, policy(), 'equal', 0.5), 15_000);
});

test('what cannot be read counts as not there, and is told of', () => {
  const annotations = {
    'com.openfaas.retry.attempts': 'many',
    'com.openfaas.retry.codes': '429,teapot',
    'com.openfaas.retry.min_wait': '10sec',
  };
  const { policy: got, warnings } = readRetryPolicy({ annotations }, DEFAULTS);
  assert.deepEqual(got, DEFAULTS);
  assert.equal(warnings.length, 3);
  assert.match(warnings[0] ?? '', /com\.openfaas\.retry\.min_wait="10sec" has no effect/);
});

test('a max_wait below min_wait is min_wait', () => {
  assert.equal(policy({ min_wait: '5m', max_wait: '1s' }).maxWait, 300_000);
});
