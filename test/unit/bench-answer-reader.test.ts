import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerReader } from '../../scripts/bench/load/answer-reader.ts';

const ANSWERS = {
  'an answer': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'an empty answer': 'HTTP/1.1 202 Accepted\r\ncontent-length:0\r\n\r\n',
  'a chunked answer': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
};

for (const [what, text] of Object.entries(ANSWERS)) {
  const answer = Buffer.from(text);
  const bodyBytes = text.length - text.indexOf('\r\n\r\n') - 4;
  for (const size of [1, 4, 9, 40, answer.length]) {
    test(`reads ${what}, and the next on the connection, that arrive ${size} bytes at a time`, () => {
      const reader = new AnswerReader();
      for (let round = 1; round <= 2; round += 1) {
        let bytes = 0;
        for (let at = 0; at < answer.length; at += size) {
          bytes += reader.read(answer.subarray(at, at + size));
          assert.equal(reader.isWhole, at + size >= answer.length);
        }
        assert.equal(bytes, bodyBytes);
      }
    });
  }
}

for (const [what, answer, expected] of [
  ['another status', 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n', /502/],
  ['no length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', /Content-Length/],
  ['more than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhello', /more/],
] as const) {
  test(`takes an answer with ${what} for a failure`, () => {
    assert.throws(() => new AnswerReader().read(Buffer.from(answer)), expected);
  });
}
