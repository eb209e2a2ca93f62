import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findFreePort } from '../../common/free-port.ts';
import { fixture } from '../support/command.ts';
import { writeFunction } from '../support/inproc.ts';
import { request } from '../support/request.ts';
import { runWatchdog, startWatchdog, Watchdog } from '../support/watchdog.ts';

const ANSWER = `(request, response) => response.end('loaded')`;
const FETCH = `(request) => new Response(request.method + ' ' + new URL(request.url).pathname, { status: 202 })`;

/** Forms of a function: its files, handler_path, and the answer to `GET /x`. */
const SHAPES: readonly (readonly [string, Readonly<Record<string, string>>, string, string?])[] = [
  [
    'an ES module with createListener',
    { 'a.mjs': `export const createListener = async () => ${ANSWER};` },
    'a.mjs',
  ],
  [
    'a CommonJS module with createListener',
    { 'a.cjs': `exports.createListener = () => ${ANSWER};` },
    'a.cjs',
  ],
  ['a listener as default export', { 'a.mjs': `export default ${ANSWER};` }, 'a.mjs'],
  ['a listener as module.exports', { 'a.js': `module.exports = ${ANSWER};` }, 'a.js'],
  ['a compiled ES module', { 'a.js': `exports.__esModule = true; exports.default = ${ANSWER};` }, 'a.js'],
  ['a file without its extension', { 'a.mjs': `export default ${ANSWER};` }, 'a'],
  ['a folder with index.js', { 'index.js': `module.exports = ${ANSWER};` }, ''],
  [
    'a folder with a package.json',
    {
      'package.json': '{ "type": "module", "main": "lib.js" }',
      'lib.js': `await null; export default ${ANSWER};`,
    },
    '',
  ],
  ['an object with fetch', { 'a.mjs': `export default { fetch: ${FETCH} };` }, 'a.mjs', 'GET /x'],
];

describe('what handler_path loads', { concurrency: 3 }, () => {
  for (const [name, files, file, text = 'loaded'] of SHAPES) {
    test(name, async (t) => {
      const folder = writeFunction(t, files);
      const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path: path.join(folder, file) });
      assert.equal((await watchdog.request({ path: '/x' })).text, text);
      assert.match(watchdog.stderr.text, /Watchdog mode: inproc/);
    });
  }

  test('by default the working folder', async (t) => {
    const folder = writeFunction(t, { 'index.js': `module.exports = ${ANSWER};` });
    const watchdog = await startWatchdog(t, { mode: 'inproc' }, { folder });
    assert.equal((await watchdog.request()).text, 'loaded');
  });

  test('fetch: a body streams both ways, and its signal fires', async (t) => {
    const folder = writeFunction(t, {
      'a.mjs': `export default { async fetch(request) {
        request.signal.addEventListener('abort', () => console.log('aborted'));
        if (request.method === 'GET') return new Promise(() => undefined);
        return new Response(request.body, { headers: { 'x-a': request.headers.get('x-a') } });
      } };`,
    });
    const watchdog = await startWatchdog(t, {
      mode: 'inproc',
      handler_path: `${folder}/a.mjs`,
      exec_timeout: '500ms',
    });
    const body = Buffer.alloc(1 << 20, 'x');
    const answer = await watchdog.request({ method: 'POST', body, headers: { 'x-a': 'b' } });
    assert.equal(answer.body.length, body.length);
    assert.equal(answer.headers['x-a'], 'b');
    assert.equal((await watchdog.request()).status, 504);
    await watchdog.stdout.waitFor(/aborted/);
  });

  test('fetch: the reason phrase is that of the status, unless the function gives one', async (t) => {
    const folder = writeFunction(t, {
      'a.mjs': `export const fetch = (request) => {
        const statusText = new URL(request.url).searchParams.get('reason') ?? '';
        return new Response('made', { status: 201, statusText });
      };`,
    });
    const watchdog = await startWatchdog(t, { mode: 'inproc', handler_path: `${folder}/a.mjs` });
    assert.equal((await watchdog.request()).reason, 'Created');
    assert.equal((await watchdog.request({ path: '/?reason=Made%20it' })).reason, 'Made it');
  });

  test('the request that comes before the function is loaded waits for it', async (t) => {
    const folder = writeFunction(t, {
      'slow.mjs': `await new Promise((resolve) => setTimeout(resolve, 400)); export default ${ANSWER};`,
    });
    const port = await findFreePort();
    const watchdog = Watchdog.spawn(t, {
      mode: 'inproc',
      handler_path: `${folder}/slow.mjs`,
      port: String(port),
    });
    await watchdog.stderr.waitFor(/Loading: /);
    const answer = await request(port);
    assert.equal(answer.text, 'loaded');
    assert.ok(answer.ms > 100, `it waited: ${answer.ms} ms`);
  });

  for (const [name, text, expected] of [
    ['nothing of use', 'module.exports = { a: 1 };', /a\.js exports no function: write .*handler_path/],
    ['a throw', "throw new Error('at load');", /cannot load the function .*a\.js: at load/],
    ['a mistake', 'const = 1;', /cannot load the function .*a\.js: /],
    ['an exit', 'process.exit(0);', /cannot load the function .*process\.exit\(0\)/],
    [
      'a failing createListener',
      "exports.createListener = () => { throw new Error('MAX_BODY_SIZE=x is not a size'); };",
      /cannot start: MAX_BODY_SIZE=x is not a size/,
    ],
  ] as const) {
    test(`${name}: non-zero, with one clear line`, async (t) => {
      const folder = writeFunction(t, { 'a.js': text });
      const run = await runWatchdog(t, { mode: 'inproc', handler_path: `${folder}/a.js` });
      assert.equal(run.code, 1);
      const lines = run.stderr.split('\n').filter((line) => line.includes('Error: '));
      assert.equal(lines.length, 1, run.stderr);
      assert.match(lines[0] ?? '', expected);
    });
  }

  test('no such file', async (t) => {
    const run = await runWatchdog(t, { mode: 'inproc', handler_path: fixture('inproc/not-there') });
    assert.equal(run.code, 1);
    assert.match(run.stderr, /Error: cannot find the function ".*not-there"; see handler_path/);
  });
});
