import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerReader } from '../../scripts/bench/load/answer-reader.ts';

const ANSWERS = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n',
);

for (const size of [1, 2, 7, 40, ANSWERS.length]) {
  test(`counts two answers that arrive ${size} bytes at a time`, () => {
    const reader = new AnswerReader();
    let [bytes, ends] = [0, 0];
    for (let at = 0; at < ANSWERS.length; at += size) {
      const onBody = (part: number): void => void (bytes += part);
      reader.read(ANSWERS.subarray(at, at + size), onBody, () => (ends += 1));
    }
    assert.deepEqual({ bytes, ends }, { bytes: 5, ends: 2 });
  });
}

const CHUNKED = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');

for (const size of [1, 4, 9, CHUNKED.length]) {
  test(`sees the end of a chunked answer that arrives ${size} bytes at a time`, () => {
    const reader = new AnswerReader();
    const endedAt: number[] = [];
    for (let round = 1; round <= 2; round += 1) {
      for (let at = 0; at < CHUNKED.length; at += size) {
        const end = Math.min(at + size, CHUNKED.length);
        reader.read(
          CHUNKED.subarray(at, end),
          () => undefined,
          () => endedAt.push(end),
        );
      }
    }
    assert.deepEqual(endedAt, [CHUNKED.length, CHUNKED.length]);
  });
}

for (const [what, answer, expected] of [
  ['another status', 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n', /502/],
  ['no length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', /Content-Length/],
] as const) {
  test(`takes an answer with ${what} for a failure`, () => {
    const reader = new AnswerReader();
    const read = (): void =>
      reader.read(
        Buffer.from(answer),
        () => undefined,
        () => undefined,
      );
    assert.throws(read, expected);
  });
}
