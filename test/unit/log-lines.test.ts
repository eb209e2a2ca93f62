import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessLine, humanSize } from '../../watchdog/log/access-line.ts';
import { LineCutter } from '../../watchdog/log/function-lines.ts';
import { LogSink } from '../../watchdog/log/sink.ts';
import { logTimestamp } from '../../common/log/timestamp.ts';

const ENTRY = {
  method: 'GET',
  target: '/path?q=1',
  status: 200,
  statusText: '200 OK',
  bytes: 12,
  seconds: 0.001_23,
  callId: undefined,
  failure: undefined,
};

test("a request's line is of-watchdog's", () => {
  assert.equal(accessLine(ENTRY, false), 'GET /path?q=1 - 200 OK - ContentLength: 12B (0.0012s)');
  assert.equal(accessLine(ENTRY, true), 'GET /path?q=1 - 200 OK - ContentLength: 12B (0.0012s) [none]');
  assert.equal(
    accessLine({ ...ENTRY, callId: 'id-1' }, true),
    'GET /path?q=1 - 200 OK - ContentLength: 12B (0.0012s) [id-1]',
  );
});

test('sizes have four digits and a decimal unit', () => {
  const sizes: [number, string][] = [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [1234, '1.234kB'],
    [12_345, '12.35kB'],
    [1_048_576, '1.049MB'],
    [67_108_864, '67.11MB'],
    [5e9, '5GB'],
  ];
  for (const [bytes, text] of sizes) assert.equal(humanSize(bytes), text);
});

test("date and time have the form of Go's log package", () => {
  assert.match(logTimestamp(), /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/);
  assert.equal(logTimestamp(new Date(2024, 3, 25, 7, 9, 6).getTime()), '2024/04/25 07:09:06');
});

function cut(longest: number, chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const cutter = new LineCutter(longest);
  const emit = (bytes: Buffer): void => {
    lines.push(...bytes.toString().split('\n').slice(0, -1));
  };
  for (const chunk of chunks) cutter.push(chunk, emit);
  cutter.end(emit);
  return lines;
}

test('lines come out whole however they come in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-zäß€ ]{0,30}$/)),
      fc.integer({ min: 1, max: 9 }),
      (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        assert.deepEqual(cut(-1, chunks), lines);
      },
    ),
  );
});

test('a long line is cut into pieces between two characters, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[aß€😀]{1,80}$/u), fc.integer({ min: 4, max: 20 }), (line, longest) => {
      const pieces = cut(longest, [Buffer.from(`${line}\n`)]);
      assert.equal(pieces.join(''), line);
      for (const piece of pieces) assert.ok(Buffer.byteLength(piece) <= longest);
    }),
  );
});

test('a last line without a newline is given one', () => {
  assert.deepEqual(cut(-1, [Buffer.from('a\nb')]), ['a', 'b']);
});

test('a reader that stalls costs lines, not memory, and is told how many', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const sink = new LogSink(stream, (lines) => `dropped ${lines}\n`);
  const line = `${'x'.repeat(99_999)}\n`;
  for (let count = 0; count < 200; count += 1) sink.write(line);
  sink.flush();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await sink.drained(1000);
  await sink.drained(1000);
  const text = Buffer.concat(chunks).toString();
  const kept = text.match(/^x+$/gm)?.length ?? 0;
  const dropped = Number(/^dropped (\d+)$/m.exec(text)?.[1]);
  assert.equal(kept + dropped, 200);
  assert.ok(kept < 100, `kept ${kept}`);
});
