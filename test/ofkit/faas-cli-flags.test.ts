import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, git, makeRepository, Project } from './project.ts';

test('template pull takes --overwrite in all its forms, --debug and stack', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const pull = async (...args: string[]) => project.ofkit(['template', 'pull', ...args]);
  for (const flag of ['--overwrite', '--overwrite=true', '--no-overwrite=false']) {
    const { status, stderr } = await pull(repository, flag);
    assert.equal(status, 0, stderr);
  }
  for (const flag of ['--overwrite=false', '--no-overwrite', '--no-overwrite=true', '--overwrite=F'])
    assert.equal((await pull(repository, flag)).status, 4, flag);
  const commit = await git(repository, 'rev-parse', 'HEAD');
  const debug = await pull(`file://${repository}`, '--debug');
  assert.match(debug.stderr, new RegExp(`commit ${commit}`));
  assert.equal((await pull(repository, '--overwrite=perhaps')).status, 2);
  const templates = `configuration:\n  templates:\n    - { name: plain, source: "file://${repository}" }\n`;
  await project.writeStack({ one: 'lang: plain' }, templates);
  const stack = await pull('stack', '-f', 'stack.yaml', '--overwrite');
  assert.deepEqual(
    [stack.status, stack.stdout],
    [0, 'Wrote 1 template(s) to template/: plain\n'],
    stack.stderr,
  );
  assert.equal((await pull('stack', '--overwrite=false')).status, 4);
  await project.writeStack({ one: 'lang: plain' });
  assert.equal((await pull('stack')).status, 3);
});

test('build takes --quiet, --overwrite, --debug and booleans with a value', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await project.write(
    'stack.yaml',
    (await project.read('stack.yaml')).replace('lang: plain', 'lang: plain # ${X:-y'),
  );
  await project.write('one/handler.js', '');
  const flags = ['--quiet', '--overwrite', '--debug', '--squash=false', '--no-cache=true', '--pull=0'];
  const { status, stdout, stderr } = await project.ofkit([
    'build',
    '--shrinkwrap=true',
    '--envsubst=false',
    ...flags,
  ]);
  assert.deepEqual([status, stdout], [0, 'one: build/one\n'], stderr);
  assert.match(stderr, /note: --debug means nothing here/);
  assert.match(stderr, /note: --overwrite means nothing here/);
  for (const form of [[], ['--envsubst'], ['--no-envsubst', '--envsubst']])
    assert.equal((await project.ofkit(['build', '--shrinkwrap', ...form])).status, 5, String(form));
  assert.equal((await project.ofkit(['build', '--shrinkwrap', '--no-envsubst'])).status, 0);
});

test('up takes the flags of faas-cli that mean nothing here, with a note each', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await project.write('one/handler.js', "module.exports = () => 'one';");
  const flags = ['--skip-push', '--update=false', '--replace', '--debug', '--overwrite', '--quiet'];
  const up = await project.ofkit(['up', '--detach', '--port', '0', '--watch', ...flags]);
  assert.equal(up.status, 0, up.stderr);
  const noted = [...up.stderr.matchAll(/^note: (\S+) means nothing here: /gm)].map(([, flag]) => flag);
  assert.deepEqual(noted, ['--skip-push', '--replace', '--debug', '--overwrite', '--quiet']);
});

test('generate takes --api and functions of the store', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({ one: 'lang: plain' });
  const knative = await project.ofkit(['generate', '--api=serving.knative.dev/v1']);
  assert.match(knative.stdout, /^---\napiVersion: serving\.knative\.dev\/v1\nkind: Service\n/);
  const openfaas = await project.ofkit([
    'generate',
    '--api',
    'openfaas.com/v1',
    '--arch',
    'arm64',
    '--label',
    'a=b',
  ]);
  assert.match(openfaas.stdout, /^---\napiVersion: openfaas\.com\/v1\nkind: Function\n/);
  assert.match(openfaas.stderr, /note: --label means nothing without --from-store/);
  assert.equal((await project.ofkit(['generate', '--api', 'apps/v1'])).status, 2);
  await project.write('store.json', await readFile(join(FIXTURES, 'functions.json'), 'utf8'));
  const store = { OPENFAAS_STORE: 'store.json' };
  const flags = [
    '--from-store',
    'sleep',
    '--arch',
    'arm64',
    '--name',
    'nap',
    '--label',
    'a=b',
    '--annotation',
    'c=d',
  ];
  const { status, stdout, stderr } = await project.ofkit(['generate', ...flags], store);
  assert.equal(status, 0, stderr);
  const expected =
    '---\napiVersion: openfaas.com/v1\nkind: Function\nmetadata:\n  name: nap\n  namespace: openfaas-fn\nspec:\n' +
    '  name: nap\n  image: example.com/sleep:arm\n  environment:\n    fprocess: ./handler\n    write_timeout: 10s\n' +
    '  labels:\n    a: b\n  annotations:\n    c: d\n';
  assert.equal(stdout, expected);
  assert.equal((await project.ofkit(['generate', '--from-store', 'gone'], store)).status, 3);
  const arch = await project.ofkit(['generate', '--from-store', 'sleep', '--arch', 'riscv'], store);
  assert.deepEqual([arch.status, /it has x86_64, arm64/.test(arch.stderr)], [3, true]);
});

test('flags stand before the command, and short ones have their value behind a sign, as in Go', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const stack =
    'provider: { name: openfaas }\nfunctions:\n  one: { lang: plain, handler: ./one, image: one }\n';
  await project.write('other.yml', stack);
  await project.write('one/handler.js', '');
  const done = 'one: build/one\n';
  for (const args of [
    ['build', '-f=other.yml', '-b=K=V=W', '--shrinkwrap'],
    ['-f', 'other.yml', 'build', '--shrinkwrap'],
    ['--yaml=other.yml', '--filter', 'o*', 'build', '--shrinkwrap'],
    ['build', '-f', 'other.yml', '--regex', '(?i)^ONE$', '--shrinkwrap'],
  ]) {
    const { status, stdout, stderr } = await project.ofkit(args);
    assert.deepEqual([status, stdout], [0, done], stderr);
  }
  const made = await project.ofkit(['new', 'two', '--lang=plain', '-p=me', '-g=http://gateway', '-q=true']);
  assert.equal(made.status, 0, made.stderr);
  const written = await project.read('stack.yaml');
  assert.match(written, /gateway: http:\/\/gateway\n/);
  assert.match(written, /image: me\/two:latest\n/);
  assert.equal((await project.ofkit(['-f', 'other.yml'])).status, 2);
});

test('a command of faas-cli is told as such, with the way to the same end', async (t) => {
  const project = await Project.create(t);
  for (const [command, way] of [
    ['deploy', /which is faas-cli's: "ofkit up --detach"/],
    ['list', /which is faas-cli's: "ofkit ps"/],
    ['login', /which is faas-cli's: faas-cli's own works with the gateway/],
    ['registry-login', /which is faas-cli's: docker login is enough/],
    ['help', /which is faas-cli's: it is "ofkit COMMAND --help"/],
  ] as const) {
    const { status, stderr } = await project.ofkit([command, '-g', 'http://127.0.0.1:8080']);
    assert.equal(status, 2);
    assert.match(stderr, way);
  }
});

test('run takes --envsubst, and a variable with an empty value', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain\nenvironment:\n  A: x${B:-y}\n  C: given' });
  await project.write(
    'one/handler.js',
    'module.exports = () => `${process.env.A},${process.env.C},${process.env.D}`;',
  );
  const running = project.start(['run', '--json', '-p=0', '--envsubst=false', '-e=C=', '-e', 'D= d=e ']);
  assert.equal(await running.call('one'), 'x${B:-y},, d=e ');
});
