import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { test } from 'node:test';
import { listing, Project } from './project.ts';

test('a copy that is not there is status 3 and named', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' }, 'configuration: { copy: [common] }\n');
  await project.write('one/handler.js', '');
  for (const command of [
    ['build', '--shrinkwrap'],
    ['run', '-p', '0'],
  ]) {
    const { status, stderr } = await project.ofkit(command);
    assert.deepEqual([status, /copy: common is not there/.test(stderr)], [3, true], stderr);
  }
});

test('a link that leads to nothing is status 3 and named', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await project.write('one/lib/handler.js', '');
  await symlink('nowhere', project.path('one/lib/link.js'));
  const { status, stderr } = await project.ofkit(['build', '--shrinkwrap']);
  assert.deepEqual(
    [status, /one\/lib\/link\.js is a link that leads to nothing/.test(stderr)],
    [3, true],
    stderr,
  );
});

test('a template without its handler_folder is status 3, and new leaves nothing behind', async (t) => {
  const project = await Project.create(t);
  await project.write('template/bare/template.yml', 'language: bare\nhandler_folder: src\n');
  const { status, stderr } = await project.ofkit(['new', 'one', '--lang', 'bare']);
  assert.deepEqual([status, /template bare has no folder src\//.test(stderr)], [3, true], stderr);
  assert.deepEqual(await listing(project.folder), [
    'template/',
    'template/bare/',
    'template/bare/template.yml',
  ]);
});

test("the project's own build/ and template/ stay out of a handler that is the project", async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write(
    'stack.yaml',
    'provider: { name: openfaas }\nfunctions:\n  one: { lang: plain, handler: ., image: one }\n',
  );
  await project.write('handler.js', '');
  await project.write('lib/build/kept.js', '');
  for (let times = 0; times < 2; times += 1)
    assert.equal((await project.ofkit(['build', '--shrinkwrap'])).status, 0);
  const files = await listing(project.path('build/one/function'));
  assert.ok(files.includes('lib/build/kept.js') && files.includes('handler.js'));
  assert.ok(!files.some((path) => /^(?:build|template)\//.test(path)), String(files));
});

test('a function of lang dockerfile needs a Dockerfile, in any of its names', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ one: 'lang: dockerfile' });
  await project.write('one/README', '');
  for (const command of [
    ['build', '--shrinkwrap'],
    ['run', '-p', '0'],
  ]) {
    const { status, stderr } = await project.ofkit(command);
    assert.deepEqual(
      [status, /stack\.yaml line 6: \.\/one has no Dockerfile/.test(stderr)],
      [3, true],
      stderr,
    );
  }
});

test("the fprocess of a function's own Dockerfile is run, not that of template.yml", async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ one: 'lang: dockerfile', nothing: 'lang: dockerfile' });
  await project.write('one/dockerfile', 'FROM x\nENV fprocess="tr a-z A-Z"\n');
  await project.write('nothing/Dockerfile', 'FROM x\n');
  const running = project.start(['run', 'one', '--json', '-p', '0']);
  const { url = '' } = await running.until('ready');
  assert.equal(await (await fetch(url, { method: 'POST', body: 'meow' })).text(), 'MEOW');
  const { status, stderr } = await project.ofkit(['run', 'nothing', '-p', '0']);
  assert.deepEqual([status, /has neither fprocess nor CMD/.test(stderr)], [9, true], stderr);
});

test('a Dockerfile without a watchdog is a plain server, whose CMD is run', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ server: 'lang: dockerfile' });
  await project.write('server/Dockerfile', 'FROM x\nCMD ["node", "server.js"]\n');
  await project.write(
    'server/server.js',
    "require('node:http').createServer((_, response) => response.end('plain')).listen(process.env.PORT);\n",
  );
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('server'), 'plain');
});
