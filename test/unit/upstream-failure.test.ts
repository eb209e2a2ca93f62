import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upstreamErrorCode } from '../../common/http/upstream-failure.ts';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

const CAUSES: readonly [string, unknown, string][] = [
  ['nobody listens', withCode('ECONNREFUSED'), 'UPSTREAM_REFUSED'],
  ['no such socket', withCode('ENOENT'), 'UPSTREAM_REFUSED'],
  ['no such host', withCode('ENOTFOUND'), 'UPSTREAM_REFUSED'],
  ['no connection in time', withCode('ETIMEDOUT'), 'UPSTREAM_CONNECT_TIMEOUT'],
  ['no connection in time, by undici', withCode('UND_ERR_CONNECT_TIMEOUT'), 'UPSTREAM_CONNECT_TIMEOUT'],
  ['a reset', withCode('ECONNRESET'), 'UPSTREAM_RESET'],
  ['a close, by undici', withCode('UND_ERR_SOCKET'), 'UPSTREAM_RESET'],
  ['an end within the response', withCode('HPE_INVALID_EOF_STATE'), 'UPSTREAM_RESET'],
  ['a close without an error', undefined, 'UPSTREAM_RESET'],
  ['what Node cannot read', withCode('HPE_INVALID_CONSTANT'), 'UPSTREAM_MALFORMED'],
  ['what our reader cannot read', new Error('no size'), 'UPSTREAM_MALFORMED'],
  ['a header that cannot be sent on', withCode('ERR_INVALID_CHAR'), 'UPSTREAM_MALFORMED'],
  ['a certificate', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'UPSTREAM_FAILED'],
  ['too many files here', withCode('EMFILE'), 'UPSTREAM_FAILED'],
];

for (const [name, cause, code] of CAUSES) {
  test(`${name} is ${code}`, () => {
    assert.equal(upstreamErrorCode(cause), code);
  });
}
