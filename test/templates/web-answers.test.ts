import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './host.ts';
import { makeCompiled } from './install.ts';

/** Answers of ts-web by their paths: what the handler returns, in TypeScript, and the body that leaves. */
const ANSWERS: Readonly<Record<string, readonly [made: string, body: string]>> = {
  // oxlint-disable-next-line unicorn/no-thenable
  '/thenable': ['{ then: (take: Take) => take(new Response("made")) }', 'made'],
  // oxlint-disable-next-line unicorn/no-thenable
  '/thenable-of-promise': ['{ then: (take: Take) => take(Promise.resolve(new Response("made"))) }', 'made'],
};

/** What the handler makes, and the reason phrase that leaves. */
const REASONS: readonly (readonly [made: string, status: number, reason: string])[] = [
  ['new Response("text", { status: 201 })', 201, 'Created'],
  ['new Response(new Blob(["bytes"]).stream(), { status: 201 })', 201, 'Created'],
  ['new Response(new URLSearchParams("a=b"))', 200, 'OK'],
  ['new Response(new Blob(["bytes"]))', 200, 'OK'],
  ['Response.redirect("http://example.com/", 303)', 303, 'See Other'],
  ['new Response("text", { statusText: "\u00e9" })', 200, '\u00e9'],
  ['new Response(new Blob(["bytes"]).stream(), { statusText: "\u00e9" })', 200, '\u00e9'],
  ['new Response("text", { status: 404, statusText: "\u65e5" })', 404, 'Not Found'],
  ['new Response(new Blob(["bytes"]).stream(), { status: 404, statusText: "\u65e5" })', 404, 'Not Found'],
];

/** What the handler makes, the body that leaves, and its length: whatever length the handler says. */
const SIZED: readonly (readonly [made: string, body: string, length: string | undefined])[] = [
  ['new Response("text")', 'text', '4'],
  ['new Response("text", { headers: { "Content-Length": "9" } })', 'text', '4'],
  ['new Response("text", { headers: { "transfer-encoding": "chunked" } })', 'text', '4'],
  [
    'new Response("text", { headers: { "content-length": "2", "transfer-encoding": "chunked" } })',
    'text',
    '4',
  ],
  ['new Response(new Uint8Array(3), { headers: { "transfer-encoding": "chunked" } })', '\0\0\0', '3'],
  ['new Response(null, { headers: { "content-length": "9" } })', '', '0'],
  ['new Response()', '', '0'],
  ['new Response(null, { status: 204, headers: { "content-length": "9" } })', '', undefined],
  ['new Response("text", { status: 205 })', '', '0'],
  ['Response.redirect("http://example.com/", 303)', '', '0'],
  ['new Response(null, { status: 304, headers: { "content-length": "9" } })', '', '9'],
  [
    'new Response(new Blob(["bytes"]).stream(), { headers: { "content-length": "5", "transfer-encoding": "chunked" } })',
    'bytes',
    '5',
  ],
  ['new Response("text", { headers: { trailer: "x" } })', 'text', '4'],
  [
    'new Response(new Blob(["bytes"]).stream(), { headers: { "content-length": "5", Trailer: "x" } })',
    'bytes',
    '5',
  ],
];

const HANDLER = `type Take = (made: unknown) => void;
const answers: Readonly<Record<string, () => unknown>> = {
${Object.entries(ANSWERS)
  .map(([path, [made]]) => `  '${path}': () => (${made}),`)
  .join('\n')}
${REASONS.map(([made], at) => `  '/reason-${at}': () => ${made},`).join('\n')}
${SIZED.map(([made], at) => `  '/sized-${at}': () => ${made},`).join('\n')}
};
export default (request: Request) => answers[new URL(request.url).pathname]?.() as Response;
`;

test('ts-web sends what a handler makes, in whatever form', async (t) => {
  const host = await start(
    t,
    await makeCompiled(t, 'ts-web', { 'handler.ts': HANDLER, 'handler.test.ts': '' }),
  );
  for (const [path, [, body]] of Object.entries(ANSWERS)) {
    const { status, text } = await host.call({ path });
    assert.deepEqual([status, text], [200, body], path);
  }
  for (const [at, [made, status, reason]] of REASONS.entries()) {
    const answer = await host.call({ path: `/reason-${at}` });
    assert.deepEqual([answer.status, answer.reason], [status, reason], made);
  }
  for (const [at, [made, body, length]] of SIZED.entries()) {
    const answer = await host.call({ path: `/sized-${at}` });
    assert.deepEqual([answer.text, answer.headers['content-length']], [body, length], made);
    assert.equal(answer.headers['transfer-encoding'], undefined, made);
    assert.ok(answer.complete, made);
  }
  const head = await host.call({ path: '/sized-5', method: 'HEAD' });
  assert.equal(head.headers['content-length'], '9');
});
