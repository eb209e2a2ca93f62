import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matches, permits, readFunctionClaim } from '../../watchdog/server/auth/permissions.ts';

const MATCHES: readonly [string, string, boolean][] = [
  ['*', 'dev:env', true],
  ['dev:*', 'dev:env', true],
  ['dev:*', 'prod:dev:env', false],
  ['*:env', 'dev:env', true],
  ['dev:env', 'dev:env', true],
  ['dev:env', 'dev:env2', false],
  ['d*v:e*v', 'dev:env', true],
  ['dev:e.v', 'dev:env', false],
  ['dev:*v*v', 'dev:v', false],
  ['', 'dev:env', false],
];

for (const [pattern, name, expected] of MATCHES) {
  test(`${JSON.stringify(pattern)} ${expected ? 'fits' : 'does not fit'} ${name}`, () => {
    assert.equal(matches(pattern, name), expected);
  });
}

test('patterns match what a regular expression of the same meaning does', () => {
  const text = fc.stringMatching(/^[ab:]{0,8}$/);
  fc.assert(
    fc.property(fc.stringMatching(/^[ab:*]{0,6}$/), text, (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      assert.equal(matches(pattern, name), expression.test(name));
    }),
  );
});

test('a claim that is not what it should be permits nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (claim) => {
      const read = readFunctionClaim(claim);
      assert.ok(Array.isArray(read.permissions));
      if (read.permissions.length === 0) assert.equal(permits(read, 'dev:env'), false);
    }),
  );
});

test('the audience narrows the permissions', () => {
  assert.equal(permits({ permissions: ['*'], audience: [] }, 'dev:env'), true);
  assert.equal(permits({ permissions: ['*'], audience: ['dev:other'] }, 'dev:env'), false);
  assert.equal(permits({ permissions: ['dev:other'], audience: ['*'] }, 'dev:env'), false);
});
