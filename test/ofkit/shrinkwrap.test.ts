import assert from 'node:assert/strict';
import { readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listing, makeRepository, Project } from './project.ts';

/** The files of a folder with their modes, folders with a slash. */
async function tree(folder: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for (const path of await listing(folder)) {
    found.push([path, ((await stat(join(folder, path))).mode & 0o777).toString(8)]);
  }
  return Object.fromEntries(found);
}

test('the build context is that of faas-cli, file for file', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('template/plain/run.sh', '#!/bin/sh\n', 0o755);
  await project.write('template/plain/function/only-in-template', '');
  await project.writeStack(
    { hello: 'lang: plain' },
    'configuration:\n  copy:\n    - common\n    - shared/a.txt\n',
  );
  await project.write('hello/handler.js', 'mine');
  await project.write('hello/lib/x.js', 'x', 0o600);
  await project.write('hello/.hidden', '');
  await project.write('hello/node_modules/x/index.js', '');
  for (const kept of ['build/a', 'template/a']) await project.write(`hello/${kept}`, '');
  await project.write('common/c.js', '');
  await project.write('shared/a.txt', '');
  await project.write('stale', '');
  await project.write('build/hello/stale', '');
  await symlink(project.path('common/c.js'), project.path('hello/link.js'));
  const { status, stdout, stderr } = await project.ofkit(['build', '--shrinkwrap', '--copy-extra', 'stale']);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'hello: build/hello\n');
  assert.match(stderr, /✔ hello: build context \d+\.\ds\n/);
  assert.deepEqual(await tree(project.path('build/hello')), {
    '.dockerignore': '644',
    Dockerfile: '644',
    'function/': '700',
    'function/.hidden': '644',
    'function/build/': '755',
    'function/build/a': '644',
    'function/common/': '755',
    'function/common/c.js': '644',
    'function/handler.js': '644',
    'function/lib/': '755',
    'function/lib/x.js': '600',
    'function/link.js': '644',
    'function/node_modules/': '755',
    'function/node_modules/x/': '755',
    'function/node_modules/x/index.js': '644',
    'function/only-in-template': '644',
    'function/package.json': '644',
    'function/shared/': '755',
    'function/shared/a.txt': '644',
    'function/stale': '644',
    'function/template/': '755',
    'function/template/a': '644',
    'index.js': '644',
    'run.sh': '755',
    'template.yml': '644',
  });
  assert.equal(await project.read('build/hello/function/handler.js'), 'mine');
  assert.equal((await stat(project.path('build/hello'))).mode & 0o777, 0o700);
});

test('a handler_folder takes the place of "function", and CI opens the folders', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write(
    'template/plain/template.yml',
    'language: plain\nfprocess: x\nhandler_folder: src/app\n',
  );
  await project.write('template/plain/src/app/sample.js', '');
  await project.write('hello/handler.js', '');
  await project.writeStack({ hello: 'lang: plain' });
  await project.ofkit(['build', '--shrinkwrap'], { CI: 'true' });
  assert.deepEqual(Object.keys(await tree(project.path('build/hello/src'))), [
    'app/',
    'app/handler.js',
    'app/sample.js',
  ]);
  const umask = process.umask();
  assert.equal((await stat(project.path('build/hello'))).mode & 0o777, 0o777 & ~umask);
});

test("the template dockerfile's context is the handler's folder alone", async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.ofkit(['new', 'hello', '--lang', 'Dockerfile', '--quiet']);
  assert.match(await project.read('stack.yaml'), /lang: dockerfile\n/);
  await project.write('common', '');
  await project.ofkit(['build', '--shrinkwrap', '--copy-extra', 'common']);
  assert.deepEqual(Object.keys(await tree(project.path('build/hello'))), ['Dockerfile', 'common']);
});

test('names, --filter and --regex choose functions; skip_build leaves one out', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({
    one: 'lang: plain',
    two: 'lang: plain',
    three: 'lang: plain\nskip_build: true',
  });
  for (const name of ['one', 'two', 'three']) await project.write(`${name}/handler.js`, '');
  const built = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await project.ofkit(['build', '--shrinkwrap', '--json', ...args]);
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  };
  assert.deepEqual(await built(), ['one', 'two']);
  assert.deepEqual(await built('two'), ['two']);
  assert.deepEqual(await built('--filter', 't*'), ['two']);
  assert.deepEqual(await built('--regex', '^o.e$', '--parallel', '3'), ['one']);
  const none = await project.ofkit(['build', '--shrinkwrap', '--filter', 'x*']);
  assert.deepEqual([none.status, /no functions matching/.test(none.stderr)], [3, true]);
  const unknown = await project.ofkit(['build', 'four']);
  assert.deepEqual(
    [unknown.status, /no function four in stack\.yaml: it has one, two, three/.test(unknown.stderr)],
    [3, true],
  );
});

test('a missing template comes from where configuration.templates says', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const templates = `configuration:\n  templates:\n    - name: plain\n      source: file://${repository}\n`;
  await project.writeStack({ one: 'lang: plain' }, templates);
  await project.write('one/handler.js', '');
  const { status, stderr } = await project.ofkit(['build', '--shrinkwrap']);
  assert.equal(status, 0, stderr);
  assert.deepEqual(await readdir(project.path('template')), ['plain']);
  await project.writeStack({ one: 'lang: nowhere' }, templates);
  assert.equal((await project.ofkit(['build', '--shrinkwrap'])).status, 3);
});

test('a handler_folder with a slash before it is the folder of the template', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await project.write('template/plain/template.yml', 'language: plain\nhandler_folder: /function/\n');
  await project.write('one/handler.js', 'mine');
  const { status, stderr } = await project.ofkit(['build', '--shrinkwrap']);
  assert.equal(status, 0, stderr);
  assert.equal(await project.read('build/one/function/handler.js'), 'mine');
});

const refusals: readonly [string, string, string, number, RegExp][] = [
  [
    'a handler that is not there',
    'lang: plain\nsecrets: []',
    '',
    3,
    /stack\.yaml line 6: the handler of gone, \.\/gone, is no folder/,
  ],
  [
    'a copy that leads out',
    'lang: plain',
    'configuration: { copy: [../x] }\n',
    6,
    /copy: \.\.\/x leads out of/,
  ],
  ['a copy of the whole project', 'lang: plain', 'configuration: { copy: [.] }\n', 6, /copy: \. is all of/],
  ['a copy without a path', 'lang: plain', 'configuration: { copy: [ ~ ] }\n', 6, /copy: "" is all of/],
  [
    'a copy of the build contexts',
    'lang: plain',
    'configuration: { copy: [build] }\n',
    6,
    /copy: build is ofkit's own folder of build contexts/,
  ],
  ['a language that leads out', 'lang: ../../x', '', 5, /is no name of a template/],
  [
    'a value of the wrong kind',
    'lang: plain\nenvironment: [a]',
    '',
    5,
    /line 10: functions\.gone\.environment is to be a mapping/,
  ],
];

for (const [what, lines, rest, status, message] of refusals) {
  test(`build refuses ${what}`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.writeStack({ gone: lines }, rest);
    if (what.startsWith('a copy')) await project.write('gone/handler.js', '');
    const ended = await project.ofkit(['build', '--shrinkwrap']);
    assert.match(ended.stderr, message);
    assert.equal(ended.status, status);
  });
}

test('a function whose name leads out of build/ is refused before anything is removed', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('precious', '');
  await project.write(
    'stack.yaml',
    'provider:\n  name: openfaas\nfunctions:\n  ../precious:\n    lang: plain\n',
  );
  const { status, stderr } = await project.ofkit(['build', '--shrinkwrap']);
  assert.deepEqual([status, /can only contain a-z/.test(stderr)], [5, true]);
  assert.equal(await project.read('precious'), '');
});
