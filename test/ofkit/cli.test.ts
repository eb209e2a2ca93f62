import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { execa } from 'execa';
import { FIXTURES, OFKIT, Project } from './project.ts';

const commands = [
  [],
  ['new'],
  ['build'],
  ['run'],
  ['up'],
  ['exec'],
  ['ps'],
  ['top'],
  ['logs'],
  ['down'],
  ['async'],
  ['async', 'list'],
  ['async', 'show'],
  ['async', 'cancel'],
  ['async', 'replay'],
  ['cron'],
  ['cron', 'list'],
  ['cron', 'run'],
  ['template'],
  ['template', 'pull'],
  ['template', 'store'],
  ['template', 'store', 'list'],
  ['template', 'store', 'describe'],
  ['template', 'store', 'pull'],
  ['template', 'verify'],
  ['generate'],
];

test('the help of every command is what test/fixtures/ofkit/help.txt says', async (t) => {
  const project = await Project.create(t);
  const texts = [];
  for (const command of commands) {
    const { status, stdout, stderr } = await project.ofkit([...command, '--help']);
    assert.deepEqual([status, stderr], [0, '']);
    texts.push(`$ ofkit ${[...command, '--help'].join(' ')}\n${stdout}`);
  }
  // To take a change over: UPDATE=1 node --import tsx --test test/ofkit/cli.test.ts
  const file = `${FIXTURES}/help.txt`;
  const text = texts.join('\n');
  if (process.env.UPDATE) await writeFile(file, text);
  assert.equal(text, await readFile(file, 'utf8'));
});

test('what is no command, option or value is an error of one line, with the nearest that is', async (t) => {
  const project = await Project.create(t);
  const errors = [
    [['buld'], "unknown command 'buld' (Did you mean build?)"],
    [['template', 'shop'], "unknown command 'shop'"],
    [['build', '--paralel', '2'], "unknown option '--paralel' (Did you mean --parallel?)"],
    [['build', '--parallel', 'two'], "argument 'two' is invalid"],
    [['build', '-b', 'novalue'], 'must take the form KEY=VALUE'],
    [['run', '--port', '70000'], 'must be a port number'],
    [['run', 'a', 'b'], 'too many arguments'],
    [['template', 'store', 'pull'], "missing required argument 'name'"],
  ] as const;
  for (const [args, message] of errors) {
    const { status, stdout, stderr } = await project.ofkit(args);
    assert.deepEqual([status, stdout, stderr.split('\n').length], [2, '', 2], stderr);
    assert.ok(stderr.startsWith('ofkit: ') && stderr.includes(message), stderr);
  }
});

test('ofkit alone and a group of commands alone show their help', async (t) => {
  const project = await Project.create(t);
  for (const args of [[], ['template'], ['template', 'store']]) {
    const { status, stdout } = await project.ofkit(args);
    assert.deepEqual([status, stdout.startsWith('Usage: ofkit')], [0, true]);
  }
});

test('ofkit.js runs where there is nothing beside it', async (t) => {
  const project = await Project.create(t);
  await project.write('bin/ofkit', await readFile(OFKIT, 'utf8'), 0o755);
  const run = (...args: string[]): Promise<{ stdout: string }> =>
    execa(project.path('bin/ofkit'), args, { cwd: project.folder });
  assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+$/);
  await run('new', 'hello', '--lang', 'node24');
  assert.match((await run('template', 'store', 'list')).stdout, /^ts-http /m);
  assert.equal((await run('build', '--shrinkwrap')).stdout, 'hello: build/hello');
});

test('ofkit.js runs by a link, and without its extension', async (t) => {
  const project = await Project.create(t);
  await symlink(OFKIT, project.path('link'));
  for (const script of [project.path('link'), OFKIT.replace(/\.js$/, '')]) {
    const { stdout } = await execa(process.execPath, [script, '--version']);
    assert.match(stdout, /^\d+\.\d+\.\d+$/);
  }
});

test('colour is for terminals alone, and NO_COLOR turns it off', async (t) => {
  const project = await Project.create(t);
  const plain = await project.ofkit(['build']);
  const forced = await project.ofkit(['build'], { FORCE_COLOR: '1' });
  const both = await project.ofkit(['build'], { FORCE_COLOR: '1', NO_COLOR: '1' });
  assert.ok(plain.stderr.startsWith('ofkit: there is no stack.yaml here'));
  assert.ok(forced.stderr.startsWith('\u001B[31mofkit:\u001B[39m there is'));
  assert.ok(both.stderr.endsWith(plain.stderr), both.stderr);
});

test('a command that is interrupted exits with 130', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write(
    '.bin/docker',
    '#!/bin/sh\n[ "$1" = build ] && kill -INT $PPID && sleep 60\nexit 0\n',
    0o755,
  );
  await project.writeStack({ one: 'lang: plain' });
  await project.write('one/handler.js', '');
  const { status, stderr } = await project.ofkit(['build']);
  assert.deepEqual([status, /ended by SIGINT/.test(stderr)], [130, true], stderr);
});
