import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeContext, start, TEMPLATES } from './host.ts';
import { makeCompiled, npm } from './install.ts';

const GREETING = '{"message":"Hello, Ada!"}';

for (const template of ['node22', 'node24', 'node26', 'ts-http', 'ts-web']) {
  test(`${template}: the generated function is tested, starts and greets`, async (t) => {
    const folder = await (template.startsWith('ts-') ? makeCompiled : makeContext)(t, template);
    assert.match(await npm(join(folder, 'function'), 'test'), /\bpass 2\b/);
    const host = await start(t, folder);
    const answer = await host.call({ path: '/?name=Ada' });
    assert.equal(answer.text, GREETING);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    if (template === 'ts-web') return;
    const posted = {
      method: 'POST',
      body: '{"name":"Ada"}',
      headers: { 'content-type': 'application/json' },
    };
    assert.equal((await host.call(posted)).text, GREETING);
    assert.equal((await host.call()).text, '{"message":"Hello, world!"}');
  });
}

test('ts-fork: the generated function is tested', async (t) => {
  const folder = await makeCompiled(t, 'ts-fork');
  assert.match(await npm(join(folder, 'function'), 'test'), /\bpass 2\b/);
});

test('there is no other template than those tested', async () => {
  const entries = await readdir(TEMPLATES, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  assert.deepEqual(names.sort(), [
    'dockerfile',
    'node22',
    'node24',
    'node26',
    'ts-fork',
    'ts-http',
    'ts-web',
  ]);
});
