import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { git, makeRepository, Project } from './project.ts';

/** A row as faas-cli reads it. */
function row(template: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const fixed = {
    platform: 'x86_64',
    language: 'js',
    source: 'someone',
    description: `the ${template} template`,
  };
  return {
    template,
    ...fixed,
    repo: 'https://example.com/x',
    official: 'false',
    recommended: false,
    ...more,
  };
}

const ROWS = [
  row('zebra'),
  row('plain', { official: 'true' }),
  row('typed', { recommended: true }),
  row('typed', { recommended: true, platform: 'arm64' }),
];

async function serve(t: TestContext, body: string, status = 200): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/templates.json' }).end();
    else response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/templates.json`;
}

test('store list shows the recommended ones first, of one platform', async (t) => {
  const project = await Project.create(t);
  const url = await serve(t, JSON.stringify(ROWS));
  const { status, stdout } = await project.ofkit(['template', 'store', 'list', '--url', url]);
  assert.equal(status, 0);
  assert.deepEqual(
    stdout.split('\n').map((line) => line.split(/\s/)[0]),
    ['NAME', 'typed', 'zebra', 'plain', ''],
  );
  const arm = await project.ofkit(['template', 'store', 'ls', '-u', url, '-p', 'arm64', '-v']);
  assert.match(
    arm.stdout,
    /^NAME +RECOMMENDED +SOURCE +DESCRIPTION +LANGUAGE +PLATFORM\ntyped .* js +arm64\n$/,
  );
  const official = await project.ofkit(['template', 'store', 'list', '-o', '--url', url]);
  assert.match(official.stdout, /\nplain .*\n$/);
  const json = await project.ofkit(['template', 'store', 'list', '--json', '-r'], {
    OPENFAAS_TEMPLATE_STORE_URL: url,
  });
  assert.deepEqual(JSON.parse(json.stdout), [ROWS[2], ROWS[3]]);
});

test('store describe shows one template, and takes SOURCE/NAME', async (t) => {
  const project = await Project.create(t);
  const url = await serve(t, JSON.stringify(ROWS));
  const { stdout } = await project.ofkit(['template', 'store', 'describe', 'someone/plain', '-u', url]);
  assert.match(stdout, /^Name: +plain\nDescription: the plain template\n/);
  assert.match(stdout, /\nOfficial: +\[x\]\nRecommended: \[ \]\n$/);
  const moved = url.replace('templates.json', 'moved');
  const json = await project.ofkit(['template', 'store', 'describe', 'typed', '-u', moved, '--json']);
  assert.deepEqual(JSON.parse(json.stdout), ROWS[2]);
});

test('an index on disk may name a checkout beside it, from which pull takes all templates and new one', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  await git(repository, 'tag', 'v2');
  const index = join(repository, 'templates.json');
  await writeFile(index, JSON.stringify([row('plain', { repo: '.' }), row('typed', { repo: repository })]));
  const pulled = await project.ofkit(['template', 'store', 'pull', 'plain', '--url', index]);
  assert.equal(pulled.status, 0, pulled.stderr);
  // like faas-cli: the repository of the template, and no file but templates
  assert.deepEqual((await readdir(project.path('template'))).sort(), ['dockerfile', 'plain', 'typed']);
  assert.equal(pulled.stdout, 'Wrote 3 template(s) to template/: dockerfile plain typed\n');
  const again = await project.ofkit(['template', 'store', 'pull', 'plain', '-u', index, '--no-overwrite']);
  assert.equal(again.status, 4);
  assert.match(again.stderr, /unable to overwrite dockerfile, plain, typed/);
  await rm(project.path('template'), { recursive: true });
  const store = { OPENFAAS_TEMPLATE_STORE_URL: index };
  const made = await project.ofkit(['new', 'web', '--lang', 'typed'], store);
  assert.equal(made.status, 0, made.stderr);
  assert.ok((await stat(project.path('web/handler.ts'))).isFile());
  const pinned = await project.ofkit(['new', 'old', '--lang', 'plain@v2', '--append', 'stack.yaml'], store);
  assert.equal(pinned.status, 0, pinned.stderr);
  assert.match(await project.read('stack.yaml'), /lang: plain@v2\n/);
  assert.deepEqual((await readdir(project.path('template'))).sort(), ['plain@v2', 'typed']);
  const pinnedPull = await project.ofkit(['template', 'store', 'pull', 'someone/plain@v2', '-u', index]);
  assert.equal(pinnedPull.stdout, 'Wrote 3 template(s) to template/: dockerfile@v2 plain@v2 typed@v2\n');
});

const failures: readonly [string, string, number, number, RegExp][] = [
  ['is no JSON', 'oops', 200, 5, /is no store index: Unexpected token/],
  ['is no list', '{}', 200, 5, /it is not a list/],
  [
    'names a template that leads out',
    JSON.stringify([row('../../x')]),
    200,
    5,
    /has a row whose template is/,
  ],
  ['is not found', 'no', 404, 7, /\(status 404 instead of 200\)/],
];

for (const [what, body, httpStatus, status, message] of failures) {
  test(`an index that ${what} is an error`, async (t) => {
    const project = await Project.create(t);
    const ended = await project.ofkit(['template', 'store', 'list', '-u', await serve(t, body, httpStatus)]);
    assert.equal(ended.status, status);
    assert.match(ended.stderr, message);
    assert.equal(ended.stdout, '');
  });
}

test('an index from the network names no folder of this machine', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const url = await serve(t, JSON.stringify([row('plain', { repo: repository })]));
  const { status, stderr } = await project.ofkit(['template', 'store', 'pull', 'plain', '-u', url]);
  assert.equal(status, 2);
  assert.match(stderr, /is no git repository/);
});

test('what an index says does not steer the terminal', async (t) => {
  const project = await Project.create(t);
  const url = await serve(t, JSON.stringify([row('plain', { description: 'a\u001B[2Jb\nc' })]));
  const { stdout } = await project.ofkit(['template', 'store', 'list', '-u', url]);
  assert.match(stdout, / a \[2Jb c\n$/);
});

test('an unknown template is an error that names the store', async (t) => {
  const project = await Project.create(t);
  for (const command of ['describe', 'pull']) {
    const { status, stderr } = await project.ofkit(['template', 'store', command, 'nope']);
    assert.equal(status, 3);
    assert.match(stderr, /ofkit template store list/);
  }
});

test('the store that comes with ofkit needs no network', async (t) => {
  const project = await Project.create(t);
  const { stdout } = await project.ofkit(['template', 'store', 'list', '--json'], {
    https_proxy: 'http://127.0.0.1:1',
  });
  const rows = JSON.parse(stdout) as { template: string }[];
  assert.ok(rows.some(({ template }) => template === 'ts-http'));
  const pulled = await project.ofkit(['template', 'store', 'pull', 'ts-http']);
  assert.match(pulled.stdout, /^Wrote 7 template\(s\) to template\/: dockerfile node22 .* ts-web\n$/);
});
