import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TEMPLATES } from './host.ts';

interface Module {
  parseForm(text: string): unknown;
}

const file = join(TEMPLATES, 'node24/adapter/form.js');
const { parseForm } = (await import(pathToFileURL(file).href)) as Module;

/** The result of qs, the parser of the official templates, for the same text. */
const FORMS: readonly (readonly [string, unknown])[] = [
  ['', {}],
  ['a', { a: '' }],
  ['a=&=b&&c=1', { a: '', c: '1' }],
  ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
  ['a=b=c', { a: 'b=c' }],
  ['a+b=%20c%2B&%zz=%', { 'a b': ' c+', '%zz': '%' }],
  ['a[b]=1&a[c]=2', { a: { b: '1', c: '2' } }],
  ['a[b][c][]=1&a[b][c][]=2', { a: { b: { c: ['1', '2'] } } }],
  ['a%5Bb%5D=1', { a: { b: '1' } }],
  ['a[]=1', { a: ['1'] }],
  ['a[]=1&a[]=2', { a: ['1', '2'] }],
  ['a[]=1&a=2', { a: ['1', '2'] }],
  ['a=1&a[]=2', { a: ['1', '2'] }],
  ['a[1]=y&a[0]=x', { a: ['x', 'y'] }],
  ['a[7]=x', { a: ['x'] }],
  ['a[99]=x', { a: ['x'] }],
  ['a[100]=x', { a: { 100: 'x' } }],
  ['a[0][b]=1&a[0][c]=2&a[1][b]=3', { a: [{ b: '1', c: '2' }, { b: '3' }] }],
  ['a[][b]=1&a[][b]=2', { a: [{ b: ['1', '2'] }] }],
  ['a[][]=1&a[][]=2', { a: ['1', '2'] }],
  ['a[01]=1&a[02]=2', { a: { '01': '1', '02': '2' } }],
  ['[a]=1', { a: '1' }],
  ['a.b=1', { 'a.b': '1' }],
  ['a]=1', { 'a]': '1' }],
  ['__proto__=1&a[__proto__]=2&constructor=3', { constructor: '3', a: {} }],
];

test('forms are parsed as in the official templates', () => {
  for (const [text, value] of FORMS) assert.deepEqual(parseForm(text), value, text);
});

test('no name of a form reaches a prototype', () => {
  parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1');
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('a hostile form takes no more time than its length asks for', () => {
  const hostile = [
    'a[]=1&'.repeat(50_000),
    Array.from({ length: 50_000 }, (_, at) => `a[${(at * 7919) % 50_021}]=1`).join('&'),
    `${'['.repeat(300_000)}=1`,
    `${'a]['.repeat(100_000)}=1`,
  ];
  const parse = (times: number) => {
    const start = process.cpuUsage(); // others on the machine do not count
    for (let time = 0; time < times; time += 1) {
      for (const text of hostile) {
        try {
          parseForm(text.slice(0, text.length / (times === 1 ? 1 : 8)));
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }
    }
    return process.cpuUsage(start).user;
  };
  const least = (times: number) => Math.min(...[1, 2, 3].map(() => parse(times)));
  parse(8);
  // linear: eight times an eighth of the text takes about as long as the whole; a quadratic parser needs an
  // eighth of that
  assert.ok(least(1) < 5 * least(8));
});
