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

const HANDLER = `type Take = (made: unknown) => void;
const answers: Readonly<Record<string, () => unknown>> = {
${Object.entries(ANSWERS)
  .map(([path, [made]]) => `  '${path}': () => (${made}),`)
  .join('\n')}
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
});
