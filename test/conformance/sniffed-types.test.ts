// The type of a body without a given type: files of static mode without a known name, and the output of classic mode
// for a request without a type.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { startWatchdog } from '../support/watchdog.ts';

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const BYTES = 'application/octet-stream';

/** A body in Latin-1, and its type. */
const BODIES: Readonly<Record<string, readonly [string, string]>> = {
  README: ['# A project\n', TEXT],
  token: ['LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI', TEXT],
  colours: ['\x1b[31mred\x1b[0m\r\n\tand a form feed\f', TEXT],
  'BMW.prices-of-2026': ['BMW;i3;10000\n', TEXT],
  empty: ['', TEXT],
  'page.of-mine': ['\n\t <!DOCTYPE html><title>A page</title>', HTML],
  tag: ['<DIV class="x">', HTML],
  'no-tag': ['<divide et impera>', TEXT],
  comment: ['<!-- a page --><html>', HTML],
  feed: ['<?xml version="1.0"?><rss/>', 'text/xml; charset=utf-8'],
  paper: ['%PDF-1.7\n\x80\x81', 'application/pdf'],
  print: ['%!PS-Adobe-3.0\n', 'application/postscript'],
  'with-mark': ['\xef\xbb\xbftext', TEXT],
  utf16: ['\xff\xfea\0', 'text/plain; charset=utf-16le'],
  png: ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
  jpeg: ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
  gif: ['GIF89a\x01\0', 'image/gif'],
  webp: ['RIFF\x0a\0\0\0WEBPVP8 ', 'image/webp'],
  avif: ['\0\0\0\x1cftypavif', 'image/avif'],
  bmp: ['BM\x46\0\x0a\0\0\0\0\0\x36', 'image/bmp'],
  ico: ['\0\0\x01\0\x01\0', 'image/x-icon'],
  cursor: ['\0\0\x02\0\x01\0', 'image/x-icon'],
  'avif-by-brand': ['\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'image/avif'],
  'avif-by-version': ['\0\0\0\x10ftypmif1avif', BYTES],
  'mp4-behind-its-box': ['\0\0\0\x10ftypM4V \0\0\0\0mp42', BYTES],
  film: ['\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'video/mp4'],
  'only-ftyp': ['\0\0\0\x08ftyp', BYTES],
  'film-of-matroska': ['\x1a\x45\xdf\xa3\x01', 'video/webm'],
  avi: ['RIFF\0\0\0\0AVI LIST', 'video/avi'],
  wave: ['RIFF\0\0\0\0WAVEfmt ', 'audio/wave'],
  aiff: ['FORM\0\0\0\0AIFF', 'audio/aiff'],
  song: ['ID3\x03\0\0', 'audio/mpeg'],
  'on-ID3': ['ID3 tags and what they hold', TEXT],
  ogg: ['OggS\0\x02', 'application/ogg'],
  midi: ['MThd\0\0\0\x06', 'audio/midi'],
  ttf: ['\0\x01\0\0\0', 'font/ttf'],
  otf: ['OTTO\0', 'font/otf'],
  OTTO: ['OTTO', TEXT],
  ttc: ['ttcf\0', 'font/collection'],
  woff: ['wOFF\0\x01\0\0', 'font/woff'],
  woff2: ['wOF2OTTO', 'font/woff2'],
  gzip: ['\x1f\x8b\x08\0', 'application/x-gzip'],
  zip: ['PK\x03\x04\x14', 'application/zip'],
  rar: ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  wasm: ['\0asm\x01\0\0\0', 'application/wasm'],
  program: ['\x7fELF\x02\x01\x01\0', BYTES],
  'vertical-tab': ['a\x0bb', BYTES],
  'late-zero': [`${'a'.repeat(512)}\0`, TEXT],
  'last-zero': [`${'a'.repeat(511)}\0`, BYTES],
};

test('static mode tells the type of a file without a known name by its first bytes', async (t) => {
  const root = makeFolder(t);
  for (const [name, [body]] of Object.entries(BODIES)) writeFileSync(path.join(root, name), body, 'latin1');
  writeFileSync(path.join(root, 'named.json'), '<html>');
  writeFileSync(path.join(root, '.json'), '<html>');
  symlinkSync('README', path.join(root, 'link'));
  mkdirSync(path.join(root, 'folder'));
  writeFileSync(path.join(root, 'folder', 'index.html'), '\0');
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: root });

  for (const [name, [body, type]] of Object.entries(BODIES)) {
    const answer = await watchdog.request({ path: `/${name}` });
    assert.equal(answer.headers['content-type'], type, name);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', name);
    assert.equal(answer.body.toString('latin1'), body, name);
  }
  const part = await watchdog.request({ path: '/png', headers: { range: 'bytes=8-11' } });
  assert.deepEqual([part.status, part.headers['content-type']], [206, 'image/png']);
  const head = await watchdog.request({ path: '/page.of-mine', method: 'HEAD' });
  assert.equal(head.headers['content-type'], HTML);
  assert.equal((await watchdog.request({ path: '/link' })).headers['content-type'], TEXT);
  for (const [target, type] of [
    ['/named.json', 'application/json'],
    ['/.json', 'application/json'],
    ['/folder/', HTML],
  ]) {
    const { headers } = await watchdog.request({ path: target ?? '' });
    assert.deepEqual([headers['content-type'], headers['x-content-type-options']], [type, undefined]);
  }
});

test('classic mode tells the type of an output by its first bytes where the request has none', async (t) => {
  const watchdog = await startWatchdog(t, { mode: 'classic', fprocess: 'cat' });
  for (const name of ['README', 'page.of-mine', 'png', 'program', 'vertical-tab', 'empty']) {
    const [body = '', type = ''] = BODIES[name] ?? [];
    for (const headers of [{}, { 'content-type': '' }, { 'content-type': ' ' }]) {
      const answer = await watchdog.request({ method: 'POST', body: Buffer.from(body, 'latin1'), headers });
      assert.equal(answer.headers['content-type'], type, name);
    }
  }
});
