import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { listing, makeRepository, Project } from './project.ts';

const LOGIN = 'someone:s3cr3t-token';

/** Everything that was printed and written, except the user's own text. */
async function traces(project: Project, printed: string): Promise<string> {
  const files = (await listing(project.folder)).filter(
    (path) => !path.endsWith('/') && !/^(?:stack|index)/.test(path),
  );
  const texts = await Promise.all(files.map((path) => readFile(project.path(path), 'utf8')));
  return printed + texts.join('\n');
}

test("user, password and token of a template's URL are neither told nor kept", async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const url = `http://${LOGIN}@127.0.0.1:1/templates.git`;
  const query = 'http://127.0.0.1:1/templates.git?private_token=s3cr3t-token';
  const store = [{ template: 'stored', repo: url }];
  await project.write('index.json', JSON.stringify(store));
  const templates = `configuration:\n  templates:\n    - { name: gone, source: "${url}" }\n`;
  await project.writeStack({ one: 'lang: gone' }, templates);
  const runs = [
    await project.ofkit(['template', 'pull', url]),
    await project.ofkit(['template', 'pull', `${url}#v1`]),
    await project.ofkit(['template', 'pull', query]),
    await project.ofkit(['template', 'pull', `odd://${LOGIN}@host/x`]),
    await project.ofkit(['template', 'pull'], { OPENFAAS_TEMPLATE_URL: url }),
    await project.ofkit(['build', '--shrinkwrap']),
    await project.ofkit(['template', 'store', 'pull', 'stored', '-u', 'index.json']),
    await project.ofkit(['template', 'store', 'describe', 'stored', '-u', 'index.json']),
    await project.ofkit(['template', 'store', 'list', '-u', `http://${LOGIN}@127.0.0.1:1/index.json`]),
  ];
  const told = runs.map(({ stdout, stderr }) => stdout + stderr).join('');
  assert.match(told, /cannot clone http:\/\/127\.0\.0\.1:1\/templates\.git/);
  assert.doesNotMatch(await traces(project, told), /s3cr3t|someone/);
});

const ODD_ADDRESSES = [
  'http://someone:s3cr/t-s3cr3t@127.0.0.1:1/x.git',
  'http://someone:s3cr3t word@127.0.0.1:1/x.git',
  'someone:s3cr3t@127.0.0.1:1/x.git',
  '//someone:s3cr3t@127.0.0.1:1/x.git',
  'https:/someone:s3cr3t@127.0.0.1:1/x.git',
  'http://127.0.0.1:1/x.git?a=b&sig=s3cr3t',
  'file://someone:s3cr3t@/x',
];

test('a login in an address that is none, or in any place that takes one, is not told', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const runs = [
    await project.ofkit(['new', 'two', '--lang', 'gone'], {
      OFKIT_PUBLIC_STORE_URL: `http://${LOGIN}@127.0.0.1:1/index.json`,
    }),
    await project.ofkit(['ps', '--gateway', `http://${LOGIN}@127.0.0.1:1`]),
  ];
  for (const address of ODD_ADDRESSES)
    runs.push(
      await project.ofkit(['template', 'pull', address]),
      await project.ofkit(['template', 'store', 'list', '-u', address]),
      await project.ofkit(['generate', '--from-store', 'x'], { OPENFAAS_STORE: address }),
    );
  for (const { status, stdout, stderr } of runs) {
    assert.doesNotMatch(stdout + stderr, /s3cr|someone/);
    assert.ok([2, 3, 7].includes(status ?? -1), stderr);
  }
  await project.write(
    'index.json',
    JSON.stringify([{ template: 'one', repo: `http://${LOGIN}@127.0.0.1:1/x` }]),
  );
  for (const command of [['list'], ['describe', 'one']]) {
    const { status, stdout } = await project.ofkit([
      'template',
      'store',
      ...command,
      '--json',
      '-u',
      'index.json',
    ]);
    assert.deepEqual([status, /s3cr|someone/.test(stdout)], [0, false]);
  }
});

test('meta.json and build contexts have the address without its login', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const { status, stderr } = await project.ofkit(['template', 'pull', `file://${LOGIN}@${repository}`]);
  // git takes the part before the path of a file URL for a host, and reads the path alone
  if (status === 0) {
    assert.equal(
      JSON.parse(await project.read('template/plain/meta.json')).repository,
      `file://${repository}`,
    );
  } else assert.doesNotMatch(stderr, /s3cr3t/);
  await project.useTemplates('plain');
  await project.write(
    'template/plain/meta.json',
    JSON.stringify({ repository: `https://${LOGIN}@example.com/x` }),
  );
  await project.writeStack({ one: 'lang: plain' });
  await project.write('one/handler.js', '');
  await project.ofkit(['build', '--shrinkwrap']);
  assert.equal(JSON.parse(await project.read('build/one/meta.json')).repository, 'https://example.com/x');
});

test('the login of an index is sent, and not shown', async (t) => {
  const project = await Project.create(t);
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('[]');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { status } = await project.ofkit([
    'template',
    'store',
    'list',
    '-u',
    `http://${LOGIN}@127.0.0.1:${port}/x`,
  ]);
  assert.deepEqual([status, seen], [0, [`Basic ${Buffer.from(LOGIN).toString('base64')}`]]);
});
