import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { RequestError } from '../../watchdog/errors.ts';
import {
  canonicalName,
  cgiEnvironment,
  classicEnvironment,
} from '../../watchdog/modes/fork/cgi-environment.ts';

function request(rawHeaders: string[] = [], method = 'GET'): IncomingMessage {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers[rawHeaders[at]?.toLowerCase() ?? ''] ??= rawHeaders[at + 1] ?? '';
  return { rawHeaders, headers, method } as unknown as IncomingMessage;
}

/** The bytes of a text in UTF-8, a character each. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function encodeBytes(bytes: string): string {
  return [...bytes].map((byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}

test('names get the form of MIME, as in Go', () => {
  assert.equal(canonicalName('x-forwarded-by'), 'X-Forwarded-By');
  assert.equal(canonicalName('CONTENT-TYPE'), 'Content-Type');
  assert.equal(canonicalName('x_odd-one2b'), 'X_odd-One2b');
});

test('a header becomes Http_ and its name, the first value of a repeated one', () => {
  const variables = cgiEnvironment(request(['x-a', '1', 'X-A', '2', 'User-Agent', 'ua']), '/');
  assert.deepEqual(variables, { Http_X_A: '1', Http_User_Agent: 'ua', Http_Method: 'GET', Http_Path: '/' });
});

test('the path is decoded, the query is as it came', () => {
  const variables = cgiEnvironment(request(), '/a%20b/%C3%A9?q=%20&x=1?2');
  assert.equal(variables['Http_Path'], `/a b/${bytesOf('é')}`);
  assert.equal(variables['Http_Query'], 'q=%20&x=1?2');
});

test('the bytes of a header stay the same bytes, as those of a path do, encoded or not', () => {
  for (const bytes of [bytesOf('grüße'), 'gr\u00fc\u00dfe', '\u00ff\u0080', bytesOf('ü\ufffd')]) {
    const request_ = request(['X-G', bytes]);
    const encoded = encodeBytes(bytes);
    const variables = cgiEnvironment(request_, `/${bytes}/${encoded}?${bytes}`);
    assert.equal(variables['Http_X_G'], bytes);
    assert.equal(variables['Http_Path'], `/${bytes}/${bytes}`);
    assert.equal(variables['Http_Query'], bytes);
  }
});

test('no header passes for a fact of the request', () => {
  const raw = ['Method', 'EVIL', 'Path', '/evil', 'Query', 'evil', 'Transfer-Encoding-', 'x'];
  const variables = cgiEnvironment(request(raw, 'POST'), '/good');
  assert.equal(variables['Http_Method'], 'POST');
  assert.equal(variables['Http_Path'], '/good');
  assert.equal('Http_Query' in variables, false);
});

test('a path whose percent-encoding cannot be read is the client’s fault', () => {
  assert.throws(
    () => cgiEnvironment(request(), '/%zz'),
    (thrown: unknown) => thrown instanceof RequestError && thrown.status === 400,
  );
});

test('any path is decoded or refused', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/[%0-9a-fA-F./é-]{0,20}$/), (path) => {
      try {
        assert.equal(typeof cgiEnvironment(request(), path)['Http_Path'], 'string');
      } catch (thrown) {
        assert.ok(thrown instanceof RequestError);
      }
    }),
  );
});

test('the classic watchdog adds the length, twice, and the host', () => {
  const sized = classicEnvironment(request(['Content-Length', '3', 'Host', 'h']), '/');
  assert.equal(sized['Http_ContentLength'], '3');
  assert.equal(sized['Http_Content_Length'], '3');
  assert.equal(sized['Http_Host'], 'h');
  assert.equal(
    classicEnvironment(request(['Transfer-Encoding', 'chunked']), '/')['Http_ContentLength'],
    '-1',
  );
  assert.equal(classicEnvironment(request(), '/')['Http_ContentLength'], '0');
});
