import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { git, makeRepository, Project } from './project.ts';

test("new, build and up fall back to OpenFaaS's public index, with NAME and NAME@REF", async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  await git(repository, 'tag', 'v2');
  const index = join(repository, 'templates.json');
  await writeFile(index, JSON.stringify([{ template: 'plain', repo: `file://${repository}` }]));
  const env = { OFKIT_PUBLIC_STORE_URL: `file://${index}` };
  const made = await project.ofkit(['new', 'one', '--lang', 'plain'], env);
  assert.equal(made.status, 0, made.stderr);
  const pinned = await project.ofkit(['new', 'two', '--lang', 'plain@v2', '-a', 'stack.yaml'], env);
  assert.equal(pinned.status, 0, pinned.stderr);
  await project.write('three/handler.js', '');
  await project.write(
    'other.yml',
    'provider: { name: openfaas }\nfunctions: { three: { lang: plain@v2, handler: ./three } }\n',
  );
  const built = await project.ofkit(['build', '--shrinkwrap', '-f', 'other.yml'], env);
  assert.deepEqual([built.status, built.stdout], [0, 'three: build/three\n'], built.stderr);
  // a named index is the only one
  await project.write('empty.json', '[]');
  const named = await project.ofkit(['new', 'x', '--lang', 'plain@v3', '-f', 'x.yml'], {
    ...env,
    OPENFAAS_TEMPLATE_STORE_URL: 'empty.json',
  });
  assert.deepEqual([named.status, /in the store empty\.json/.test(named.stderr)], [3, true], named.stderr);
});

test('the error of an unknown template names both indexes', async (t) => {
  const project = await Project.create(t);
  const { status, stderr } = await project.ofkit(['new', 'one', '--lang', 'nope'], {
    OFKIT_PUBLIC_STORE_URL: 'http://127.0.0.1:1/templates.json',
  });
  assert.equal(status, 3);
  assert.match(
    stderr,
    /the store that comes with ofkit, or in OpenFaaS's index http:\/\/127\.0\.0\.1:1\/templates\.json/,
  );
});
