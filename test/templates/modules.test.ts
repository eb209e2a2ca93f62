import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeContext, start, startFunction } from './host.ts';

const MODULE = '{ "type": "module" }';

const FORMS: readonly { readonly name: string; readonly files: Readonly<Record<string, string>> }[] = [
  { name: 'module.exports', files: { 'handler.js': 'module.exports = () => "here";' } },
  {
    name: 'module.exports without a package.json type',
    files: { 'package.json': '{}', 'handler.js': 'module.exports = () => "here";' },
  },
  { name: 'export default', files: { 'package.json': MODULE, 'handler.js': 'export default () => "here";' } },
  {
    name: 'export const handler',
    files: { 'package.json': MODULE, 'handler.js': 'export const handler = () => "here";' },
  },
  { name: 'exports.handler', files: { 'handler.js': 'exports.handler = () => "here";' } },
  {
    name: 'what a compiler makes of export default',
    files: { 'handler.js': 'exports.__esModule = true; exports.default = () => "here";' },
  },
  {
    name: 'an await before the export',
    files: { 'package.json': MODULE, 'handler.js': 'await 1; export default () => "here";' },
  },
  {
    name: 'a class instance bound',
    files: {
      'handler.js':
        'class A { x = "here"; f() { return this.x; } } const a = new A(); module.exports = a.f.bind(a);',
    },
  },
  {
    name: 'one that listens where nobody has required it',
    files: {
      'handler.js':
        'if (!module.parent || require.main === module) throw new Error("started by hand"); module.exports = () => "here";',
    },
  },
  {
    name: 'other files and JSON',
    files: {
      'handler.js': 'const { say } = require("./lib/say"); module.exports = say;',
      'lib/say.js': 'exports.say = () => require("./word.json").word;',
      'lib/word.json': '{ "word": "here" }',
    },
  },
];

for (const { name, files } of FORMS) {
  test(`a handler is found: ${name}`, async (t) => {
    const host = await startFunction(t, 'node24', files);
    assert.equal((await host.call()).text, 'here');
  });
}

for (const file of ['handler.mjs', 'handler.cjs', 'handler/index.js']) {
  test(`a handler is found: ${file}`, async (t) => {
    const isModule = file.endsWith('.mjs');
    const text = isModule ? 'export default () => "here";' : 'module.exports = () => "here";';
    const folder = await makeContext(t, 'node24', { [file]: text });
    await rm(join(folder, 'function/handler.js'));
    const host = await start(t, folder);
    assert.equal((await host.call()).text, 'here');
  });
}

test('a handler that is missing, or is none, stops the start with one line', async (t) => {
  const folder = await makeContext(t, 'node24', { 'handler.js': 'module.exports = { a: 1 };' });
  const file = join(folder, 'function/handler');
  await assert.rejects(start(t, folder), {
    message: `${file}.js exports no handler: write "export default …" or "module.exports = …"\n`,
  });
  await rm(`${file}.js`);
  await assert.rejects(start(t, folder), {
    message: `${file} is missing: the handler is to be in this file\n`,
  });
});

test('a handler that cannot be loaded stops the start with its own error', async (t) => {
  const folder = await makeContext(t, 'node24', { 'handler.js': 'module.exports = () => {;' });
  await assert.rejects(start(t, folder), /handler\.js:1[^]*SyntaxError/);
  const missing = await makeContext(t, 'node24', { 'handler.js': 'require("no-such-package");' });
  await assert.rejects(start(t, missing), /Cannot find module 'no-such-package'/);
});

test('a port in use stops the start with one line', async (t) => {
  const folder = await makeContext(t, 'node24');
  const first = await start(t, folder);
  await assert.rejects(start(t, folder, { http_port: String(first.port) }), {
    message: `cannot listen on http_port=${first.port}: listen EADDRINUSE: address already in use 127.0.0.1:${first.port}\n`,
  });
});
