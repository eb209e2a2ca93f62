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

const HANDLER = `type Take = (made: unknown) => void;
const answers: Readonly<Record<string, () => unknown>> = {
${Object.entries(ANSWERS)
  .map(([path, [made]]) => `  '${path}': () => (${made}),`)
  .join('\n')}
${REASONS.map(([made], at) => `  '/reason-${at}': () => ${made},`).join('\n')}
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
});
