import assert from 'node:assert/strict';
import { readdir, stat, symlink } from 'node:fs/promises';
import { test } from 'node:test';
import { listing, Project } from './project.ts';

test('new writes the files and the stack.yaml that faas-cli writes', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const { status, stdout } = await project.ofkit(['new', 'hello', '--lang', 'plain']);
  assert.equal(status, 0);
  assert.match(stdout, /Stack file written: stack\.yaml\n\nNotes:\nEdit handler\.js\.\n/);
  assert.equal(
    await project.read('stack.yaml'),
    `version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  hello:
    lang: plain
    handler: ./hello
    image: hello:latest

`,
  );
  assert.equal(await project.read('.gitignore'), 'template\nbuild\n.secrets\n');
  assert.deepEqual((await readdir(project.folder)).sort(), ['.gitignore', 'hello', 'stack.yaml', 'template']);
  assert.deepEqual((await readdir(project.path('hello'))).sort(), ['handler.js', 'package.json']);
  assert.equal((await stat(project.path('hello'))).mode & 0o777, 0o700);
  assert.equal((await stat(project.path('stack.yaml'))).mode & 0o777, 0o600);
});

test('new takes prefix, gateway, resources and handler as faas-cli does', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const resources = [
    '--memory-limit',
    '128Mi',
    '--cpu-limit',
    '100m',
    '--memory-request=64Mi',
    '--cpu-request=50m',
  ];
  const place = ['--handler', 'functions/hello', '--prefix', ' me ', '-g', 'EXAMPLE.com:31112/', '--quiet'];
  await project.ofkit(['new', 'hello', '--lang=plain', ...place, ...resources, '-f', 'my.yml']);
  assert.equal(
    await project.read('my.yml'),
    `version: 1.0
provider:
  name: openfaas
  gateway: http://example.com:31112
functions:
  hello:
    lang: plain
    handler: ./functions/hello
    image: me/hello:latest
    requests:
      cpu: 50m
      memory: 64Mi
    limits:
      cpu: 100m
      memory: 128Mi

`,
  );
});

test('new takes prefix and gateway from the environment where no option says otherwise', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const env = { OPENFAAS_PREFIX: 'them', OPENFAAS_URL: 'https://gateway.example.com/' };
  const { stdout } = await project.ofkit(['new', 'hello', '--lang', 'plain', '--json'], env);
  assert.equal(JSON.parse(stdout).image, 'them/hello:latest');
  assert.match(await project.read('stack.yaml'), /gateway: https:\/\/gateway\.example\.com\n/);
});

test('.gitignore keeps what it has and gets what it lacks', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('.gitignore', '\nnode_modules\nbuild\n');
  await project.ofkit(['new', 'hello', '--lang', 'plain']);
  assert.equal(await project.read('.gitignore'), 'node_modules\nbuild\n\ntemplate\n.secrets\n');
});

const refusals = [
  ['a name with capitals', ['new', 'Hello', '--lang', 'plain'], 2, /can only contain a-z, 0-9 and dashes/],
  ['a name with a slash', ['new', '../hello', '--lang', 'plain'], 2, /can only contain/],
  ['a name that ends in a dash', ['new', 'hello-', '--lang', 'plain'], 2, /can only contain/],
  ['no language', ['new', 'hello'], 2, /you must supply a function language with the --lang flag/],
  ['no name', ['new', '--lang', 'plain'], 2, /please provide a name for the function/],
  [
    'a folder that is there',
    ['new', 'taken', '--lang', 'plain', '-f', 'b.yml'],
    4,
    /folder: taken already exists/,
  ],
  [
    'a stack file that is there',
    ['new', 'hello', '--lang', 'plain'],
    4,
    /Try "ofkit new --append stack\.yaml"/,
  ],
  [
    'a duplicate',
    ['new', 'one', '--lang', 'plain', '-a', 'stack.yaml', '--handler', 'x'],
    4,
    /one already exists in/,
  ],
  [
    'no stack file to append to',
    ['new', 'x', '--lang', 'plain', '-a', 'no.yml'],
    3,
    /unable to find file: no\.yml/,
  ],
  [
    'a suffix that is not YAML',
    ['new', 'x', '--lang', 'plain', '-a', 'a.txt'],
    2,
    /suffix should be \.yml or \.yaml/,
  ],
  [
    'an unknown template',
    ['new', 'x', '--lang', 'nope', '-f', 'b.yml'],
    3,
    /was not found in the template folder or in/,
  ],
  [
    'a template that leads out',
    ['new', 'x', '--lang', '../plain', '-f', 'b.yml'],
    6,
    /is no name of a template/,
  ],
  [
    'a handler that leads out',
    ['new', 'x', '--lang', 'plain', '-f', 'b.yml', '--handler', '../x'],
    6,
    /leads out of/,
  ],
  [
    'a handler behind a link',
    ['new', 'x', '--lang', 'plain', '-f', 'b.yml', '--handler', 'out/x'],
    6,
    /leads out of/,
  ],
  [
    'a prefix that is no YAML',
    ['new', 'x', '--lang', 'plain', '-f', 'b.yml', '-p', 'a: b #'],
    5,
    /is not valid YAML/,
  ],
] as const;

for (const [what, args, expected, message] of refusals) {
  test(`new refuses ${what}, and leaves all as it was`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.writeStack({ one: 'lang: plain' });
    await project.write('taken/file', '');
    await symlink('/tmp', project.path('out'));
    const before = await listing(project.folder);
    const { status, stdout, stderr } = await project.ofkit(args);
    assert.equal(status, expected);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, 'the error is one line');
    assert.equal(stdout, '');
    assert.deepEqual(await listing(project.folder), before);
  });
}

test('new --list names the templates of the folder and those that come with ofkit', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain', 'typed');
  const { stdout } = await project.ofkit(['new', '--list']);
  assert.match(stdout, /^Languages available as templates:\n- plain\n- typed\n/);
  const names: unknown = JSON.parse((await project.ofkit(['new', '--list', '--json'])).stdout);
  assert.ok(Array.isArray(names) && names.includes('plain') && names.includes('ts-http'));
});
