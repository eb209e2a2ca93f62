import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { EnvironmentBlock, block, candidates, ownBlock } from '../../watchdog/modes/fork/native/block.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../watchdog/process/native');

/** The parts of a 64-bit ELF file's dynamic section that list its needs (elf(5)). */
function needsOf(file: string): { libraries: number; versions: number; symbols: string[]; weak: string[] } {
  const elf = readFileSync(file);
  const start = Number(elf.readBigUInt64LE(0x28));
  const size = elf.readUInt16LE(0x3a);
  const sections = Array.from({ length: elf.readUInt16LE(0x3c) }, (_, at) => {
    const header = elf.subarray(start + at * size);
    const [offset, length] = [Number(header.readBigUInt64LE(0x18)), Number(header.readBigUInt64LE(0x20))];
    return {
      type: header.readUInt32LE(4),
      link: header.readUInt32LE(0x28),
      bytes: elf.subarray(offset, offset + length),
    };
  });
  const dynamic = sections.find(({ type }) => type === 6)?.bytes ?? Buffer.alloc(0);
  const tags = Array.from({ length: dynamic.length / 16 }, (_, at) =>
    Number(dynamic.readBigUInt64LE(at * 16)),
  );
  const { bytes: table = Buffer.alloc(0), link = 0 } = sections.find(({ type }) => type === 11) ?? {};
  const names = sections[link]?.bytes ?? Buffer.alloc(0);
  const symbols: string[] = [];
  const weak: string[] = []; // may be missing
  for (let at = 24; at < table.length; at += 24) {
    if (table.readUInt16LE(at + 6) !== 0) continue; // it is defined here
    const from = table.readUInt32LE(at);
    const list = table.readUInt8(at + 4) >> 4 === 2 ? weak : symbols;
    list.push(names.toString('latin1', from, names.indexOf(0, from)));
  }
  return {
    libraries: tags.filter((tag) => tag === 1).length,
    versions: tags.filter((tag) => tag === 0x6ffffffe).length,
    symbols,
    weak,
  };
}

for (const name of ['linux-x64', 'linux-arm64']) {
  test(`${name}.node needs no library and no version of one, so that any libc will do`, () => {
    const { libraries, versions, symbols, weak } = needsOf(path.join(FOLDER, `${name}.node`));
    assert.deepEqual([libraries, versions], [0, 0]);
    assert.ok(symbols.length > 10);
    assert.deepEqual(
      symbols.filter((symbol) => !/^(napi|uv)_/.test(symbol)),
      [],
    );
    assert.deepEqual(weak, ['malloc_trim']);
  });
}

test('a program is looked for as execvp does', () => {
  assert.deepEqual(candidates('cat', '/a:/b'), ['/a/cat', '/b/cat']);
  assert.deepEqual(candidates('cat', ':/b:'), ['cat', '/b/cat', 'cat']);
  assert.deepEqual(candidates('cat', undefined), ['/bin/cat', '/usr/bin/cat']);
  assert.deepEqual(candidates('./cat', '/a'), ['./cat']);
  assert.deepEqual(candidates('', '/a'), []);
});

test('an environment is what was put in, and a variable of the request goes over one of the same name', () => {
  const name = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/);
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  // values of a request are bytes, one for each character
  const bytes = fc
    .array(fc.integer({ min: 1, max: 255 }))
    .map((codes) => codes.map((code) => String.fromCharCode(code)).join(''));
  const own = fc.dictionary(
    name.map((text) => `Http_${text}`),
    bytes,
  );
  const constant = fc.dictionary(fc.oneof(name, fc.constantFrom('Http_A', 'Http_B')), value);
  fc.assert(
    fc.property(constant, own, (constant, own) => {
      const whole = Buffer.concat([
        new EnvironmentBlock(constant).constantFor(own),
        ownBlock(own) ?? Buffer.of(),
      ]);
      const entries = whole
        .toString('latin1')
        .split('\0')
        .slice(0, -1)
        .map((entry): [string, string] => {
          const at = entry.indexOf('=');
          return [entry.slice(0, at), entry.slice(at + 1)];
        });
      assert.equal(new Set(entries.map(([key]) => key)).size, entries.length);
      const written = Object.entries(constant).map(([key, text]) => [
        key,
        Buffer.from(text).toString('latin1'),
      ]);
      assert.deepEqual(Object.fromEntries(entries), { ...Object.fromEntries(written), ...own });
    }),
  );
});

test('a NUL is noticed', () => {
  assert.equal(ownBlock({ Http_A: 'a\0b' }), undefined);
  assert.deepEqual(block(['a', 'b']), Buffer.from('a\0b\0'));
});
