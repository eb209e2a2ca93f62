import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { start } from './host.ts';
import { makeCompiled, npm } from './install.ts';

const ECHO = `import { createHash } from 'node:crypto';
import type { Callback, FunctionContext, FunctionEvent, Handler } from './openfaas.d.ts';

interface Seen {
  readonly kind: string;
  readonly bytes: number;
  readonly sha256: string;
}

const handler: Handler = async (event: FunctionEvent, context: FunctionContext, callback: Callback) => {
  if (event.path === '/throw') fail(event.method);
  if (event.path === '/callback') return callback(null, { called: 'back' });
  if (event.path === '/stream') return count(context.signal);
  const kind = Buffer.isBuffer(event.body) ? 'Buffer' : typeof event.body;
  const sha256 = createHash('sha256').update(event.rawBody).digest('hex');
  const seen: Seen = { kind, bytes: event.rawBody.length, sha256 };
  return context.status(201).headers({ 'x-type': event.headers['content-type'] }).succeed(seen);
};

async function* count(signal: AbortSignal): AsyncGenerator<string> {
  for (let n = 1; n <= 3 && !signal.aborted; n += 1) yield \`\${n}\\n\`;
}

interface Removed {
  readonly byThe: 'compiler';
}

function fail(method: string): never {
  throw new TypeError(\`\${method} is refused\` satisfies string);
}

export default handler;
`;

const LINE_OF_THROW = ECHO.split('\n').findIndex((line) => line.includes('throw new TypeError')) + 1;

test('ts-http: every kind of body, errors and streams', async (t) => {
  const folder = await makeCompiled(t, 'ts-http', { 'handler.ts': ECHO, 'handler.test.ts': '' });
  const host = await start(t, folder, { MAX_BODY_SIZE: '10mb' });
  const large = randomBytes(5 << 20);
  const bodies: [string, string | Buffer, string][] = [
    ['application/json', '{"a":1}', 'object'],
    ['application/x-www-form-urlencoded', 'a=1', 'object'],
    ['multipart/form-data; boundary=b', '--b--', 'Buffer'],
    ['application/octet-stream', large, 'Buffer'],
    ['text/plain', 'text', 'string'],
  ];
  for (const [type, body, kind] of bodies) {
    const answer = await host.call({ method: 'POST', body, headers: { 'content-type': type } });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['x-type'], type);
    const seen = JSON.parse(answer.text) as { kind: string; bytes: number };
    assert.deepEqual([seen.kind, seen.bytes], [kind, Buffer.byteLength(body)]);
  }
  assert.equal((await host.call({ path: '/callback' })).text, '{"called":"back"}');
  assert.equal((await host.call({ path: '/stream' })).text, '1\n2\n3\n');
});

test('ts-http: a stack trace names the line of the .ts file', async (t) => {
  const folder = await makeCompiled(t, 'ts-http', { 'handler.ts': ECHO, 'handler.test.ts': '' });
  const host = await start(t, folder);
  const answer = await host.call({ path: '/throw', method: 'PUT' });
  assert.deepEqual([answer.status, answer.text], [500, 'TypeError: PUT is refused']);
  await host.logged(`function/handler.ts:${LINE_OF_THROW}:`);
});

const MISTAKES: readonly (readonly [string, RegExp])[] = [
  ["const x: number = 'text';", /handler\.ts\(\d+,\d+\): error TS2322/],
  [
    'export const name = event.body.name;',
    /handler\.ts\(\d+,\d+\): error TS18046: 'event\.body' is of type 'unknown'/,
  ],
  [
    'context.satus(200);',
    /error TS2551: Property 'satus' does not exist on type 'FunctionContext'\. Did you mean 'status'/,
  ],
  ['export const first: string = event.query.a;', /error TS2322/],
];

test('ts-http: a mistake in a type is found when the function is built, and nothing is compiled', async (t) => {
  const lines = MISTAKES.map(([line]) => `{ ${line.replace('export ', '')} }`).join('\n');
  const text = `import type { FunctionContext, FunctionEvent } from './openfaas.d.ts';
export default function handler(event: FunctionEvent, context: FunctionContext): void {\n${lines}\n}\n`;
  const folder = await makeCompiled(t, 'ts-http');
  await rm(join(folder, 'function/dist'), { recursive: true });
  await writeFile(join(folder, 'function/handler.ts'), text);
  for (const script of ['build', 'test']) {
    await assert.rejects(npm(join(folder, 'function'), 'run', script), (error: Error) => {
      for (const [, message] of MISTAKES) assert.match(error.message, message);
      return true;
    });
  }
  await assert.rejects(start(t, folder), /function\/dist\/handler\.js is missing/);
});
