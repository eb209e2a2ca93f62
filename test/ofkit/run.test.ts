import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFreePort } from '../../common/free-port.ts';
import { FIXTURES, listing, Project } from './project.ts';

const fixture = (name: string): Promise<string> => readFile(join(FIXTURES, name), 'utf8');

test('run serves a function with the environment and the secrets that stack.yaml gives it', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const lines =
    'lang: plain\nenvironment:\n  A: stack\n  B: stack\n  C: stack\nenvironment_file: [one.yml, two.yml]';
  await project.writeStack({ hello: `${lines}\nsecrets: [api-key]` });
  await project.write('hello/handler.js', await fixture('tells.js'));
  await project.write('one.yml', 'environment:\n  B: one\n  C: one\n');
  await project.write('two.yml', 'environment:\n  C: two\n  D: ${NOT_REPLACED}\n');
  await project.write('.secrets/api-key', 's3cret');
  await project.write('.secrets/of-others', 'other');
  const running = project.start(
    ['run', 'hello', '--json', '-p', '0', '-e', 'E=flag', '-e', 'run_as=user-of-image'],
    {
      MINE: 'the developer’s',
    },
  );
  const told = JSON.parse(await running.call('hello'));
  assert.equal(told.env.run_as, undefined, 'users of the image are not here');
  const { A, B, C, D, E, MINE, OPENFAAS_NAME, OPENFAAS_NAMESPACE, HOME_OF_IMAGE, mode } = told.env;
  assert.deepEqual([A, B, C, D, E, MINE], ['stack', 'one', 'two', '${NOT_REPLACED}', 'flag', undefined]);
  assert.deepEqual([OPENFAAS_NAME, OPENFAAS_NAMESPACE, mode], ['hello', 'openfaas-fn', 'http']);
  assert.equal(HOME_OF_IMAGE, `${told.cwd}/data`, "the image's own folder is where the function runs");
  const { names, ...reads } = told.secrets;
  assert.deepEqual(names, ['api-key'], 'only the secrets that the function names are there');
  assert.deepEqual(new Set(Object.values(reads)), new Set(['s3cret']));
  assert.equal(Object.keys(reads).length, 4);
});

test('a save serves the new code, while requests in flight end on the old', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  const source = await fixture('waits.js');
  await project.write('hello/handler.js', source.replace("'VERSION'", "'one'"));
  const running = project.start(['run', '--json', '-p', '0']);
  const slow = running.call('hello', `/${encodeURIComponent(project.path('go'))}`);
  await running.until('log', ({ text }) => text === 'waiting in one');
  await project.write('hello/handler.js', source.replace("'VERSION'", "'two'"));
  await running.until('reloaded');
  assert.equal(await running.call('hello'), 'two');
  await project.write('go', '');
  assert.equal(await slow, 'one');
  // One generation stays, with the code that is served.
  const { status } = await running.interrupt();
  assert.equal(status, 0);
});

test('code that does not compile is shown with its place in the .ts file, and the old goes on', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('typed');
  await project.ofkit(['new', 'web', '--lang', 'typed', '-q']);
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('web'), 'typed 1');
  const source = await project.read('web/handler.ts');
  await project.write('web/handler.ts', `${source}const x: = 1;\n`);
  const { error, output } = await running.until('failed');
  assert.equal(error, 'web does not compile: see above');
  assert.match(output ?? '', /^web\/handler\.ts\(7,10\): error TS1110/);
  assert.equal(await running.call('web'), 'typed 1');
  const seen = running.events.length;
  await project.write('web/handler.ts', source.replace('typed 1', 'typed 2'));
  await running.next('reloaded', () => true, seen);
  assert.equal(await running.call('web'), 'typed 2');
});

test('stack traces name the lines of the .ts file that the user wrote', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('typed');
  await project.ofkit(['new', 'web', '--lang', 'typed', '-q']);
  const running = project.start(['run', '--json', '-p', '0']);
  await running.call('web', '/throw');
  const { text } = await running.until('log', (event) => event.text?.includes('at handle') ?? false);
  assert.ok(text?.includes(`${project.path('web/handler.ts')}:3:11`), text);
});

test('a save while the function starts is not missed', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'one';");
  const running = project.start(['run', '--json', '-p', '0']);
  // The watchdog speaks: the code was copied, the function is about to start.
  await running.until('log');
  await project.write('hello/handler.js', "module.exports = () => 'two';");
  await running.until('reloaded');
  assert.equal(await running.call('hello'), 'two');
});

test('code that fails at its start leaves the old going on', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'one';");
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'one');
  await project.write('hello/handler.js', "throw new Error('not today');");
  const { error, output } = await running.until('failed');
  assert.match(error ?? '', /hello ended with exit status 1/);
  assert.match(output ?? '', /Error: not today/);
  assert.equal(await running.call('hello'), 'one');
});

test('a change of the stack file and of an environment file reaches the function', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const lines = 'lang: plain\nenvironment_file: [one.yml]\nenvironment:\n  A:';
  await project.write('one.yml', 'environment:\n  B: first\n');
  await project.writeStack({ hello: `${lines} first` });
  await project.write('hello/handler.js', 'module.exports = () => `${process.env.A} ${process.env.B}`;');
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'first first');
  await project.writeStack({ hello: `${lines} second` });
  await running.until('reloaded');
  assert.equal(await running.call('hello'), 'second first');
  const seen = running.events.length;
  await project.write('one.yml', 'environment:\n  B: second\n');
  await running.next('reloaded', () => true, seen);
  assert.equal(await running.call('hello'), 'second second');
  const before = running.events.length;
  await project.write('stack.yaml', 'functions: [');
  const { error } = await running.next('failed', () => true, before);
  assert.match(error ?? '', /stack\.yaml line \d+, column \d+ is not valid YAML/);
});

test('a function that ends by itself is started again', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write(
    'hello/handler.js',
    "module.exports = ({ url }) => (url === '/end' ? process.exit(3) : 'one');",
  );
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'one');
  await running.call('hello', '/end').catch(() => undefined);
  const { text } = await running.until('note');
  assert.match(text ?? '', /^the function ended \(exit status \d+\): it is started again$/);
  assert.equal(await running.call('hello'), 'one');
});

test('a server that chooses its own port is followed, not accompanied', async (t) => {
  const project = await Project.create(t);
  const server = (answer: string, port: number): string =>
    `require('node:http').createServer((_, response) => response.end('${answer}')).listen(${port}, '127.0.0.1');\n`;
  const port = await findFreePort();
  const image = `FROM scratch\nENV mode=http fprocess="node server.js" upstream_url=http://127.0.0.1:${port}\n`;
  await project.useTemplates('dockerfile');
  await project.write('template/dockerfile/template.yml', 'language: dockerfile\n');
  await project.writeStack({ own: 'lang: dockerfile' });
  await project.write('own/Dockerfile', image);
  await project.write('own/server.js', server('one', port));
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('own'), 'one');
  await project.write('own/server.js', server('two', port));
  await running.until('reloaded');
  assert.equal(await running.call('own'), 'two');
  const seen = running.events.length;
  await project.write('own/server.js', 'syntax error');
  await running.next('failed', () => true, seen);
  assert.equal(await running.call('own'), 'two');
});

test('run leaves only installed packages behind', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'one';");
  const running = project.start(['run', '--json', '-p', '0'], { TMPDIR: project.folder });
  await running.call('hello');
  await running.interrupt();
  assert.deepEqual(await listing(project.path('build')), ['.ofkit/', '.ofkit/hello/']);
  assert.deepEqual((await readdir(project.folder)).sort(), ['build', 'hello', 'stack.yaml', 'template']);
});
