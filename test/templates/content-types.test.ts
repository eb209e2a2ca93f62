import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { lookup } from 'mime-types';
import { FIXTURES, startFunction, TEMPLATES, type Host } from './host.ts';

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SVG = 'image/svg+xml';
const BYTES = 'application/octet-stream';
const LATIN1 = 'text/html; charset=latin1';
const OF_STRINGS = ['string', 'empty string', 'object', 'number'];
const OF_BYTES = ['Buffer', 'Uint8Array', 'stream', 'nothing', 'null'];

/**
 * The type that the handler set, and the types that leave with a string or JSON, and with bytes, as in OpenFaaS's
 * node22 (seen by running it).
 */
const COMPLETED: readonly (readonly [set: unknown, ofStrings: string, ofBytes: string])[] = [
  ['json', JSON_TYPE, JSON_TYPE],
  ['JSON', JSON_TYPE, JSON_TYPE],
  ['html', HTML, HTML],
  ['.css', CSS, CSS],
  ['style.min.css', CSS, CSS],
  ['svg', `${SVG}; charset=utf-8`, SVG],
  ['text/html', HTML, HTML],
  [' text/html ', HTML, HTML],
  ['text/html;', HTML, HTML],
  ['text/html; charset=', HTML, HTML],
  ['text/html; charset', HTML, HTML],
  ['html; charset=utf-8', HTML, HTML],
  [
    'html; x="a; charset=b"',
    'text/html; x="a; charset=b"; charset=utf-8',
    'text/html; x="a; charset=b"; charset=utf-8',
  ],
  [
    'image/png; x="\\";charset=b"',
    'image/png; x="\\";charset=b"; charset=utf-8',
    'image/png; x="\\";charset=b"',
  ],
  ['scss', 'text/x-scss; charset=utf-8', 'text/x-scss; charset=utf-8'],
  ['film.avi', 'video/x-msvideo; charset=utf-8', 'video/x-msvideo'],
  [LATIN1, HTML, LATIN1],
  ['application/json; x=1', 'application/json; x=1; charset=utf-8', 'application/json; x=1; charset=utf-8'],
  ['image/png', 'image/png; charset=utf-8', 'image/png'],
  [['css'], CSS, CSS],
];

/** Texts that are no type, which count as no type at all. */
const NONE = ['', ' ', ';', 'nothing-known', null, false];
const OWN: Readonly<Record<string, string | undefined>> = {
  string: HTML,
  'empty string': HTML,
  object: JSON_TYPE,
  number: JSON_TYPE,
  Buffer: BYTES,
  Uint8Array: BYTES,
  stream: BYTES,
  nothing: undefined,
  null: undefined,
};

async function typeOf(host: Host, as: string, headers: Readonly<Record<string, unknown>>) {
  const body = JSON.stringify({ as, headers });
  const answer = await host.call({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
  assert.equal(answer.status, 200, answer.text);
  return answer.headers['content-type'];
}

test('a short or incomplete content type is completed, in every form of answer', async (t) => {
  const host = await startFunction(t, 'node24', {
    'handler.js': await readFile(join(FIXTURES, 'typed.cjs'), 'utf8'),
  });
  for (const [set, ofStrings, ofBytes] of COMPLETED) {
    for (const as of [...OF_STRINGS, ...OF_BYTES]) {
      const type = OF_STRINGS.includes(as) ? ofStrings : ofBytes;
      assert.equal(await typeOf(host, as, { 'Content-Type': set }), type, `${as}, ${String(set)}`);
    }
  }
});

test('an empty content type is as none, and so is an unknown short name', async (t) => {
  const host = await startFunction(t, 'node24', {
    'handler.js': await readFile(join(FIXTURES, 'typed.cjs'), 'utf8'),
  });
  for (const [as, type] of Object.entries(OWN)) {
    for (const set of NONE) {
      assert.equal(await typeOf(host, as, { 'content-type': set }), type, `${as}, ${String(set)}`);
    }
    assert.equal(await typeOf(host, as, { 'content-type': 'css', 'Content-Type': '' }), CSS, as);
  }
});

test('every short name stands for what mime-types says of it', async () => {
  const file = join(TEMPLATES, 'node24/adapter/content-type.js');
  const { completeType } = (await import(pathToFileURL(file).href)) as {
    completeType(value: unknown, isString: boolean): string | undefined;
  };
  const table = /SHORT_NAMES = \{([^}]*)\}/.exec(await readFile(file, 'utf8'))?.[1] ?? '';
  const names = [...table.matchAll(/: '([^']*)'/g)].flatMap(([, found = '']) => found.split(' '));
  assert.ok(names.length > 200);
  for (const name of names) {
    assert.equal(completeType(name, false)?.replace('; charset=utf-8', ''), lookup(name), name);
  }
});
