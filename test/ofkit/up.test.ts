import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { Project } from './project.ts';
import { until } from '../support/wait.ts';

test('up runs every function, each on a port of its own, and reloads the one that is saved', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain', 'typed', 'dockerfile');
  await project.ofkit(['new', 'one', '--lang', 'plain', '-q']);
  await project.ofkit(['new', 'two', '--lang', 'typed', '-q', '-a', 'stack.yaml']);
  await project.ofkit(['new', 'cat', '--lang', 'dockerfile', '-q', '-a', 'stack.yaml']);
  const running = project.start(['up', '--json', '-p', '0']);
  assert.equal(await running.call('one'), 'plain 1');
  assert.equal(await running.call('two'), 'typed 1');
  const { url } = await running.until('ready', (event) => event.function === 'cat');
  assert.equal(await (await fetch(url ?? '', { method: 'POST', body: 'meow' })).text(), 'meow');
  await project.write('one/handler.js', "module.exports = () => 'plain 2';");
  await running.until('reloaded', (event) => event.function === 'one');
  assert.equal(await running.call('one'), 'plain 2');
  assert.equal((await running.interrupt()).status, 0);
});

test('up takes the functions that are named, and tells a person who says what', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ a: 'lang: plain', longer: 'lang: plain', unnamed: 'lang: plain' });
  for (const name of ['a', 'longer', 'unnamed']) {
    await project.write(`${name}/handler.js`, "console.log('loaded'); module.exports = () => 1;");
  }
  const running = project.start(['up', 'a', 'longer', '-p', '0'], { FORCE_COLOR: '1' });
  await running.says('Save a file');
  const { status, stdout, stderr } = await running.interrupt();
  assert.equal(status, 0);
  assert.ok(stdout.includes('\u001B[36ma      |\u001B[39m loaded'), stdout);
  assert.ok(stdout.includes('\u001B[33mlonger |\u001B[39m loaded'), stdout);
  assert.match(stdout, /a {6}\|\S* \S*http:\/\/127\.0\.0\.1:\d+/);
  assert.doesNotMatch(stdout + stderr, /unnamed/);
  assert.match(stderr, /✔\S* a: plain /);
});

test('up has a gateway for functions, for ps and logs elsewhere, and functions reach each other by it', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ caller: 'lang: plain', called: 'lang: plain' });
  await project.write(
    'caller/handler.js',
    "module.exports = async () => (await fetch('http://gateway.openfaas:8080/function/called')).text();",
  );
  await project.write('called/handler.js', "module.exports = () => (console.log('was called'), 'called');");
  const running = project.start(['up', '--json', '-p', '0']);
  const { gateway } = await running.until('ready', (event) => event.function === 'caller');
  await running.until('ready', (event) => event.function === 'called');
  assert.equal(await (await fetch(gateway ?? '')).text(), 'called');
  assert.match((await project.ofkit(['ps'])).stdout, /^called +ready +1\/1 +1 .*\ncaller +ready +1\/1 +1 /m);
  assert.match((await project.ofkit(['logs', 'called'])).stdout, /^was called$/m);
  assert.equal((await running.interrupt()).status, 0);
  assert.equal((await project.ofkit(['ps'])).status, 3);
});

test('a save deploys a function again that somebody has removed, or that has another namespace', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'one';");
  const running = project.start(['up', '--json', '-p', '0']);
  const { url: gateway = '' } = await running.until('gateway');
  assert.equal(await running.call('hello'), 'one');
  const body = JSON.stringify({ functionName: 'hello' });
  assert.equal((await fetch(`${gateway}/system/functions`, { method: 'DELETE', body })).status, 202);
  await project.write('hello/handler.js', "console.log('again'); module.exports = () => 'two';");
  await running.until('reloaded');
  await running.until('log', ({ text }) => text === 'again');
  assert.equal(await running.call('hello'), 'two');
  const behind = running.events.length;
  await project.writeStack({ hello: 'lang: plain\nnamespace: other' });
  await running.next('reloaded', () => true, behind);
  await running.next('log', ({ text }) => text === 'again', behind);
  assert.equal(await running.call('hello'), 'two');
  assert.equal(await (await fetch(`${gateway}/function/hello.other`)).text(), 'two');
  assert.equal((await fetch(`${gateway}/function/hello`)).status, 404);
});

test('a secret that is saved is read by the function that runs', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain\nsecrets: [key]' });
  await project.write('.secrets/key', 'one');
  await project.write(
    'hello/handler.js',
    "module.exports = () => `${process.pid} ${require('node:fs').readFileSync('/var/openfaas/secrets/key', 'utf8')}`;",
  );
  const running = project.start(['run', '--json', '-p', '0']);
  const [pid, first] = (await running.call('hello')).split(' ');
  assert.equal(first, 'one');
  await project.write('.secrets/key', 'two');
  await until(async () => (await running.call('hello')) === `${pid} two`, 'the new secret');
});

test('run asks for a name where there are several functions', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ a: 'lang: plain', b: 'lang: plain' });
  const { status, stderr } = await project.ofkit(['run']);
  assert.deepEqual(
    [status, /give a function name to run \(a, b\), or run them all with "ofkit up"/.test(stderr)],
    [2, true],
  );
});

/** Answers with the request as it reaches the function, raw. */
const ECHO = `
const http = require('node:http');
module.exports = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, rawHeaders } = request;
  return JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(chunks).toString('base64') });
};`;

test('the port in front of a function passes requests on as they are', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ echo: 'lang: plain' });
  await project.write('echo/handler.js', ECHO);
  const running = project.start(['run', '--json', '-p', '0']);
  const { url } = await running.until('ready');
  const { port } = new URL(url ?? '');
  const body = Buffer.from([0, 255, 1, 254, 13, 10]);
  for (const method of ['POST', 'DELETE', 'PATCH']) {
    for (const chunked of [true, false]) {
      const framing = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length };
      const options = {
        port,
        method,
        path: '/a%20b/?x=%2F&x',
        headers: { ...framing, 'X-Odd-Case': 'ü' },
        agent: false,
      };
      const asked = request(options);
      asked.end(body);
      const [response] = (await once(asked, 'response')) as [Readable];
      const told = JSON.parse(await readText(response));
      assert.deepEqual([told.method, told.url], [method, '/a%20b/?x=%2F&x']);
      assert.equal(told.body, body.toString('base64'), `${method} chunked=${chunked}`);
      assert.ok(told.rawHeaders.includes('ü') || told.rawHeaders.includes('Ã¼'), String(told.rawHeaders));
    }
  }
  // Two requests on one connection, without a body announced, are two requests.
  const socket = connect(Number(port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write('POST /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const answers = await readText(socket);
  assert.deepEqual(answers.match(/"url":"[^"]+"/g), ['"url":"/1"', '"url":"/2"']);
});

test('the port in front of a function passes trailers on, both ways', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ echo: 'lang: plain' });
  await project.write(
    'echo/handler.js',
    `module.exports = async (request, response) => {
  for await (const _ of request);
  response.setHeader('Trailer', 'X-Sum');
  response.write('body');
  response.addTrailers({ 'X-Sum': request.trailers['x-sum'] + '!' });
};`,
  );
  const running = project.start(['run', '--json', '-p', '0']);
  const { url = '' } = await running.until('ready');
  const asked = request(url, {
    method: 'POST',
    headers: { Trailer: 'X-Sum', 'Transfer-Encoding': 'chunked' },
  });
  asked.write('one');
  asked.addTrailers({ 'X-Sum': '42' });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  assert.equal(await readText(response), 'body');
  assert.deepEqual(response.trailers, { 'x-sum': '42!' });
});

test('a debugger finds the current code at a port that stays', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'one';\n");
  const running = project.start(['run', '--json', '-p', '0', '--inspect', '0']);
  const ready = await running.until('ready');
  const address = ready.debugger ?? '';
  const attach = async (): Promise<WebSocket> => {
    const targets = (await (await fetch(`http://${address}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    t.after(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  };
  const evaluate = async (socket: WebSocket, expression: string): Promise<unknown> => {
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    return JSON.parse(message.toString()).result.result.value;
  };
  const first = await attach();
  assert.ok(((await evaluate(first, 'process.argv[1]')) as string).endsWith('index.js'));
  const pid = await evaluate(first, 'process.pid');
  const letGo = once(first, 'close');
  await project.write('hello/handler.js', "module.exports = () => 'two';\n");
  await running.until('reloaded');
  await letGo;
  const second = await attach();
  assert.notEqual(await evaluate(second, 'process.pid'), pid);
  // The handler's file is the user's own for the debugger, so that a breakpoint there holds.
  second.send(JSON.stringify({ id: 2, method: 'Debugger.enable' }));
  for await (const [message] of on(second, 'message')) {
    const { method, params } = JSON.parse(String(message));
    if (method !== 'Debugger.scriptParsed' || !params.url.endsWith('/function/handler.js')) continue;
    const map = JSON.parse(Buffer.from(params.sourceMapURL.split(',')[1], 'base64').toString());
    assert.deepEqual(map.sources, [project.path('hello/handler.js')]);
    break;
  }
});
