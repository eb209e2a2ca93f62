import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, startFunction, type Host } from './host.ts';

const FORM = 'application/x-www-form-urlencoded';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** Content type, body, and what event.body is. */
const BODIES: readonly (readonly [type: string, body: string | Buffer, value: unknown])[] = [
  // forms: escaped characters are bytes of the charset, and so are others
  [`${FORM}; charset=iso-8859-1`, 'name=Ren%E9+%26+Zo%eb', { name: 'René & Zoë' }],
  [`${FORM}; charset=windows-1252`, 'price=5+%80&q=%93x%94', { price: '5 €', q: '“x”' }],
  [`${FORM};charset="ISO-8859-1"`, latin1('caf\u00e9=\u00fc'), { café: 'ü' }],
  [`${FORM.toUpperCase()} ; Charset = 'Latin1' `, 'a[%E9][]=%E8&a[é][]=', { a: { é: ['è'], 'Ã©': [''] } }],
  [`${FORM}; x=y; charset=latin-1; z=1`, 'a=%E9', { a: 'é' }],
  [`${FORM}; x="a;charset=koi8-r"; charset=latin1`, 'a=%E9', { a: 'é' }],
  [`${FORM}; x="\\";charset=koi8-r"`, 'a=%C3%A9', { a: 'é' }],
  [`${FORM}; xcharset=koi8-r; charset`, 'a=%C3%A9', { a: 'é' }],
  [`${FORM}; charset=us-ascii`, 'a=%E9', { a: 'é' }],
  [`${FORM}; charset=iso-8859-15`, 'a=%A4', { a: '€' }],
  [`${FORM}; charset=Shift_JIS`, 'a=%82%A0', { a: 'あ' }],
  [`${FORM}; charset=koi8-r`, 'a=%C1%zz%', { a: 'а%zz%' }],
  [`${FORM}; charset=gb18030`, 'a=%C4%E3+b', { a: '你 b' }],
  [`${FORM}; charset=UTF8`, 'a=%C3%A9&b=%E9', { a: 'é', b: '%E9' }],
  [`${FORM}; charset=utf_8`, 'a=é', { a: 'é' }],
  [`${FORM}; charset=`, 'a=%C3%A9', { a: 'é' }],
  [`${FORM}; charset=""`, 'a=%C3%A9', { a: 'é' }],
  [`${FORM}; charset=utf-16le`, Buffer.from('a=é', 'utf16le'), { a: 'é' }],
  [FORM, 'a=%C3%A9&b=%E9', { a: 'é', b: '%E9' }],
  [FORM, '\ufeffa=1', { a: '1' }],
  [`${FORM}; charset=cp932`, 'a=%82%A0', { a: 'あ' }],
  [`${FORM}; charset=EUC_JP`, 'a=%A4%A2', { a: 'あ' }],
  [`${FORM}; charset=Latin-9`, 'a=%A4', { a: '€' }],
  [`${FORM}; charset=win-1251`, 'a=%E0', { a: 'а' }],
  [`${FORM}; charset="windows\\-1252"`, 'a=%80', { a: '€' }],
  [`${FORM}; charset=iso-8859-1, text/plain`, 'a=%E9', { a: 'é' }],
  [`${FORM}; charset=iso-8859-1; charset=utf-8`, 'a=%E9', { a: 'é' }],
  // a browser names the charset of a form in this field, where the page has it
  [FORM, '_charset_=windows-1252&a=%E9+%80', { _charset_: 'windows-1252', a: 'é €' }],
  [FORM, 'a=%82%A0&_charset_=Shift_JIS', { a: 'あ', _charset_: 'Shift_JIS' }],
  [FORM, '_charset_=UTF-8&a=%C3%A9', { _charset_: 'UTF-8', a: 'é' }],
  [FORM, '_charset_=klingon&a=%C3%A9', { _charset_: 'klingon', a: 'é' }],
  [FORM, '_charset_=utf-16&a=%C3%A9', { _charset_: 'utf-16', a: 'é' }],
  [FORM, 'x_charset_=latin1&a=%C3%A9', { x_charset_: 'latin1', a: 'é' }],
  [`${FORM}; charset=utf-8`, '_charset_=latin1&a=%C3%A9', { _charset_: 'latin1', a: 'é' }],
  // text and JSON
  ['text/plain; charset=windows-1252', Buffer.from([0x80, 0x93, 0xe9, 0x94, 0x81]), '€“é”\u0081'],
  ["text/plain; charset='CP1252'", Buffer.from([0x80]), '€'],
  ['text/plain; charset=latin1', latin1('\u00e9'), 'é'],
  ['text/xml; charset=iso-8859-2', Buffer.from([0xb1]), 'ą'],
  ['text/plain; charset=utf-16', Buffer.from('\ufeffé', 'utf16le'), 'é'],
  // the order of the bytes of utf-16, by a mark, or by a first character that is ASCII
  ['text/plain; charset=utf-16', utf16be('\ufeffé'), 'é'],
  ['text/plain; charset=utf-16le', utf16be('\ufeffé'), 'é'],
  ['text/plain; charset=utf-16be', Buffer.from('\ufeffé', 'utf16le'), 'é'],
  ['text/plain; charset=utf-16be', utf16be('éa'), 'éa'],
  ['text/plain; charset=utf-16', Buffer.from('éa', 'utf16le'), 'éa'],
  ['text/plain; charset=utf-16', '', ''],
  ['application/json; charset=utf-16', utf16be('{"a":"é"}'), { a: 'é' }],
  ['application/json; charset=utf-16', Buffer.from('{"a":"é"}', 'utf16le'), { a: 'é' }],
  [`${FORM}; charset=utf-16`, utf16be('a=%C3%A9'), { a: 'é' }],
  ['text/plain; charset=UTF_16LE', Buffer.from('é', 'utf16le'), 'é'],
  ['application/json; charset=utf-8, application/json', '{"a":1}', { a: 1 }],
  ['application/json; charset=ISO-8859-1', latin1('{"a":"\u00e9"}'), { a: 'é' }],
  ['application/vnd.x+json; charset="windows-1252"', Buffer.from([0x22, 0x80, 0x22]), '€'],
  // no type, or one that is not a type: a string
  ['', '{"a":1}', '{"a":1}'],
  [' ', 'a=é', 'a=é'],
  ['; charset=latin1', latin1('\u00e9'), 'é'],
];

async function post(host: Host, type: string, body: string | Buffer) {
  const headers = { 'content-type': type, 'x-shape': 'tells the event' };
  return host.call({ method: 'POST', body, headers });
}

test('a body is decoded by the charset of its type, in any spelling', async (t) => {
  const handler = await readFile(join(FIXTURES, 'shapes.cjs'), 'utf8');
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const [type, body, value] of BODIES) {
    const answer = await post(host, type, body);
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
    assert.deepEqual((JSON.parse(answer.text) as { body: unknown }).body, value, `${type} ${String(body)}`);
  }
});

test('an unknown charset is a 415 where the body is read as text, and nothing where it is bytes', async (t) => {
  const handler = await readFile(join(FIXTURES, 'shapes.cjs'), 'utf8');
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const media of [FORM, 'text/plain', 'application/json']) {
    for (const charset of ['klingon', '"utf-7"', 'UTF-32', 'replacement']) {
      const answer = await post(host, `${media}; charset=${charset}`, '1');
      const label = charset.replaceAll('"', '').toLowerCase();
      assert.deepEqual(
        [answer.status, JSON.parse(answer.text)],
        [415, { error: `charset ${label} is not supported` }],
      );
    }
  }
  assert.equal((await post(host, 'application/xml; charset=klingon', '<a/>')).status, 200);
});
