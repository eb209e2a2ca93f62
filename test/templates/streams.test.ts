import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { soon, startFunction, type Host } from './host.ts';

/** Begins a request and gives back its response with the first bytes of it. */
async function begin(
  host: Host,
  path = '/',
): Promise<{ response: IncomingMessage; first: string; leave: () => void }> {
  const asked = host.open({ path }).end();
  const [response] = (await once(asked, 'response', soon())) as [IncomingMessage];
  response.on('error', () => undefined);
  const [first] = (await once(response, 'data', soon())) as [Buffer];
  return { response, first: first.toString(), leave: () => asked.destroy() };
}

test('the first bytes of a stream arrive before its last are made', async (t) => {
  const handler = `let go; module.exports = async function* (event) {
    if (event.path === '/go') return go();
    yield 'first ';
    await new Promise((resolve) => (go = resolve));
    yield 'last';
  };`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  const { response, first } = await begin(host);
  assert.equal(first, 'first ');
  const rest = once(response, 'data', soon());
  await host.call({ path: '/go' });
  assert.equal(String((await rest)[0]), 'last');
});

test('what answers as a stream: Readable, web stream, with status and headers', async (t) => {
  const handler = `const { Readable } = require('node:stream');
  module.exports = (event, context) => {
    context.status(206).headers({ 'content-type': 'text/csv', 'x-a': '1' });
    if (event.path === '/web') return new Blob(['a,b']).stream();
    if (event.path === '/empty') return Readable.from([]);
    if (event.path === '/large') return Readable.from((function* () { for (let i = 0; i < 80; i += 1) yield Buffer.alloc(65536, 97); })());
    return context.succeed(Readable.from(['a,', 'b']));
  };`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const [path, body] of [
    ['/', 'a,b'],
    ['/web', 'a,b'],
    ['/empty', ''],
    ['/large', 'a'.repeat(5 << 20)],
  ]) {
    // prettier-ignore
    const answer = await host.call({ path: String(path) });
    assert.equal(answer.status, 206);
    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
    assert.equal(answer.headers['x-a'], '1');
    assert.ok(answer.text === body, path);
  }
});

test('a stream that fails before its first byte is a 500, after it a broken response', async (t) => {
  const handler = `const { Readable } = require('node:stream');
  module.exports = (event) => {
    if (event.path === '/readable') return new Readable({ read() { this.destroy(new Error('no bytes')); } });
    if (event.path === '/closed') return new Readable({ read() { this.destroy(); } });
    if (event.path === '/used') { const used = Readable.from([]); used.destroy(); return used; }
    return (async function* () { if (event.path === '/late') yield 'some'; throw new Error('no bytes'); })();
  };`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const path of ['/', '/readable']) {
    const answer = await host.call({ path });
    assert.equal(answer.status, 500);
    assert.equal(answer.text, 'Error: no bytes');
  }
  for (const path of ['/closed', '/used']) {
    const answer = await host.call({ path });
    assert.equal(answer.status, 500);
    assert.equal(answer.text, "Error: the handler's stream was closed before its first byte");
  }
  const late = await host.call({ path: '/late' });
  assert.equal(late.status, 200);
  assert.equal(late.complete, false);
  assert.equal((await host.call()).status, 500, 'the process goes on');
});

test('a stream of what is neither text nor bytes is a 500, or a broken response once it has begun', async (t) => {
  const handler = `const { Readable } = require('node:stream');
  let go;
  const forms = {
    '/go': () => go(),
    '/objects': () => Readable.from([{ a: 1 }]),
    '/numbers': async function* () { yield 1; },
    '/web': () => new ReadableStream({ start: (c) => (c.enqueue({ a: 1 }), c.close()) }),
    '/begun': async function* () { yield 'some'; await new Promise((resolve) => (go = resolve)); yield { a: 1 }; },
    '/buffers': async function* () { yield new ArrayBuffer(1); yield new DataView(new ArrayBuffer(1)); yield undefined; yield ''; yield 'é'; },
  };
  module.exports = (event) => forms[event.path]();`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const [path, what] of [
    ['/objects', 'objects: make lines of JSON of them'],
    ['/web', 'objects: make lines of JSON of them'],
    ['/numbers', 'a number'],
  ]) {
    const answer = await host.call({ path: String(path) });
    assert.equal(answer.status, 500);
    assert.equal(answer.text, `TypeError: a handler's stream gives strings and bytes, not ${what}`);
  }
  const { response, first } = await begin(host, '/begun');
  const closed = new Promise((resolve) => response.once('close', resolve));
  await host.call({ path: '/go' });
  await closed;
  assert.deepEqual([first, response.complete], ['some', false]);
  const buffers = await host.call({ path: '/buffers' });
  assert.deepEqual([buffers.text, buffers.complete], ['\0\0é', true]);
});

test('a status without a body takes no stream, which is stopped', async (t) => {
  const handler = `const { Readable } = require('node:stream');
  module.exports = (event, context) => context.status(Number(event.path.slice(1))).succeed(new Readable({
    read() { this.push('dropped'); },
    destroy(error, done) { console.error('stopped ' + event.path); done(error); },
  }));`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  for (const [status, type] of [
    [204, undefined],
    [205, 'application/octet-stream'],
    [304, undefined],
  ] as const) {
    const answer = await host.call({ path: `/${status}` });
    assert.deepEqual([answer.status, answer.text, answer.complete], [status, '', true]);
    assert.equal(answer.headers['content-type'], type);
    await host.logged(`stopped /${status}`);
  }
});

test('a stream is stopped when its client leaves, before or after its first byte', async (t) => {
  const handler = `const { Readable } = require('node:stream');
  module.exports = (event) => new Readable({
    read() { if (event.path === '/begun') this.push('some'), (this._read = () => {}); else console.error('waiting'); },
    destroy(error, done) { console.error('stopped ' + event.path); done(error); },
  });`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  (await begin(host, '/begun')).leave();
  await host.logged('stopped /begun');
  const asked = host.open({ path: '/silent' }).end();
  await host.logged('waiting');
  asked.destroy();
  await host.logged('stopped /silent');
  await host.call({ path: '/begun', method: 'HEAD' });
  assert.doesNotMatch(host.stderr, /Error/);
});

test('context.signal aborts when the client leaves, and not when it was answered', async (t) => {
  const handler = `const { setTimeout: wait } = require('node:timers/promises');
  module.exports = async (event, context) => {
    const { signal } = context;
    if (event.path === '/quick') {
      setTimeout(() => console.error('quick aborted: ' + signal.aborted), 50);
      return 'ok';
    }
    console.error('waiting');
    await wait(60000, undefined, { signal }).catch((error) => console.error('gave up: ' + error.name));
    console.error('same signal: ' + (signal === context.signal));
  };`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  await host.call({ path: '/quick' });
  await host.logged('quick aborted: false');
  const asked = host.open().end();
  await host.logged('waiting');
  asked.destroy();
  await host.logged('gave up: AbortError');
  await host.logged('same signal: true');
});

test('context.signal is aborted from the start where the client has left already', async (t) => {
  const handler = `const { channel } = require('node:diagnostics_channel');
  const left = new Promise((resolve) => channel('http.server.request.start').subscribe(({ socket }) => socket.once('close', resolve)));
  module.exports = async (event, context) => {
    console.error('called');
    await left;
    await new Promise(setImmediate);
    console.error('aborted: ' + context.signal.aborted);
  };`;
  const host = await startFunction(t, 'node24', { 'handler.js': handler });
  const asked = host.open().end();
  await host.logged('called');
  asked.destroy();
  await host.logged('aborted: true');
});
