import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startGateway } from '../support/of-gateway.ts';
import { isAlive } from '../support/process-table.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { listing, probe, Project } from './project.ts';
import { until } from '../support/wait.ts';

/** `ofkit up --detach`, `ps` and `down`: functions behind a gateway that goes on without ofkit. */

const text = (value: string): string => `module.exports = async () => ${value};\n`;

async function twoFunctions(t: TestContext): Promise<Project> {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain', two: 'lang: plain' });
  await project.write('one/handler.js', text("'one'"));
  await project.write('two/handler.js', text("'two'"));
  return project;
}

/** The URLs that `up --detach` has printed, by name. */
function urlsOf(stdout: string): Record<string, string> {
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
}

async function get(url: string | undefined): Promise<string> {
  const response = await fetch(url ?? '');
  assert.equal(response.status, 200);
  return response.text();
}

test('it returns when all are ready, prints their URLs, and down ends them', async (t) => {
  const project = await twoFunctions(t);
  const up = await project.ofkit(['up', '--detach', '--port', '0']);
  assert.equal(up.status, 0, up.stderr);
  const urls = urlsOf(up.stdout);
  assert.deepEqual([await get(urls['one']), await get(urls['two'])], ['one', 'two']);
  const listed = await project.ofkit(['ps']);
  assert.match(
    listed.stdout,
    /^NAME +STATE +READY +CALLS .* URL\none +ready +1\/1 +1 .* http:.*\ntwo +ready +1\/1 +1 .* http:.*\/function\/two\n$/,
  );
  const down = await project.ofkit(['down']);
  assert.equal(down.status, 0, down.stderr);
  assert.equal(await probe(Number(new URL(urls['one'] ?? '').port)), 'ECONNREFUSED');
});

test('done again it replaces what has changed in the gateway that runs, and no call fails meanwhile', async (t) => {
  const project = await twoFunctions(t);
  const first = urlsOf((await project.ofkit(['up', '-d', '--port', '0'])).stdout);
  await project.write('one/handler.js', text("'changed'"));
  const again = project.ofkit(['up', '-d', 'one']);
  const over = { yet: false };
  void again.finally(() => (over.yet = true));
  const answers = new Set<string>();
  while (!over.yet) answers.add(await get(first['one']));
  const { status, stdout, stderr } = await again;
  assert.equal(status, 0, stderr);
  assert.deepEqual(urlsOf(stdout), { one: first['one'] });
  assert.equal(await get(first['one']), 'changed');
  assert.deepEqual([...answers].sort(), ['changed', 'one'].slice(answers.has('changed') ? 0 : 1));
});

test('functions get environment, --env and the secrets of .secrets/', async (t) => {
  const project = await twoFunctions(t);
  await project.writeStack({ one: 'lang: plain\nsecrets: [key]\nenvironment:\n  A: stack\n  B: stack' });
  const read = "require('node:fs').readFileSync('/var/openfaas/secrets/key', 'utf8')";
  await project.write('one/handler.js', text(`[process.env.A, process.env.B, ${read}].join()`));
  const missing = await project.ofkit(['up', '-d', '--port', '0']);
  assert.deepEqual([missing.status, /\(key\) as files in \.secrets/.test(missing.stderr)], [3, true]);
  await project.write('.secrets/key', 's3cret');
  const up = await project.ofkit(['up', '-d', '--port', '0', '--env', 'B=given']);
  assert.equal(await get(urlsOf(up.stdout)['one']), 'stack,given,s3cret');
  await project.write('.secrets/key', 'n3w');
  await project.ofkit(['up', '-d', '--env', 'B=given']);
  assert.equal(await get(urlsOf(up.stdout)['one']), 'stack,given,n3w');
  await project.ofkit(['down']);
  const kept = await listing(project.path('build/.ofkit/state/secrets'));
  assert.deepEqual(
    kept.filter((path) => path.includes('key')),
    [],
  );
});

test('a function that does not start is told with what it wrote; the others run', async (t) => {
  const project = await twoFunctions(t);
  await project.write('two/handler.js', "throw new Error('no database');\n");
  const { status, stdout, stderr } = await project.ofkit(['up', '-d', '--port', '0']);
  assert.deepEqual([status, stdout], [11, '']);
  assert.match(stderr, /no database[^]*ofkit: two does not start: /);
  const rows = JSON.parse((await project.ofkit(['ps', '--json'])).stdout) as {
    name: string;
    ready: number;
  }[];
  assert.deepEqual(
    rows.map(({ name, ready }) => [name, ready]),
    [
      ['one', 1],
      ['two', 0],
    ],
  );
});

test('after down a next one knows nothing of what ran before', async (t) => {
  const project = await twoFunctions(t);
  await project.ofkit(['up', '-d', '--port', '0']);
  await project.ofkit(['down']);
  await project.ofkit(['up', '-d', '--port', '0', 'two']);
  const rows = JSON.parse((await project.ofkit(['ps', '--json'])).stdout) as { name: string }[];
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['two'],
  );
});

test('down leaves a gateway alone that ofkit has not started', async (t) => {
  const project = await Project.create(t);
  const folder = makeStateFolder();
  const gateway = await startGateway(t, {}, { folder });
  const { status, stderr } = await project.ofkit(['down', '--state-dir', folder]);
  assert.deepEqual([status, /was not started by ofkit/.test(stderr)], [2, true], stderr);
  assert.equal((await project.ofkit(['ps', '--state-dir', folder])).status, 0, 'with its password');
  assert.ok(isAlive(gateway.pid));
});

test('where no gateway runs ps says how to start one, and down has nothing to do', async (t) => {
  const project = await Project.create(t);
  const { status, stderr } = await project.ofkit(['ps']);
  assert.deepEqual([status, /start it with "ofkit up --detach"/.test(stderr)], [3, true]);
  assert.equal((await project.ofkit(['down'])).status, 0);
});

test('a Ctrl-C before all are ready leaves nothing behind', async (t) => {
  const project = await twoFunctions(t);
  const busy = "require('node:fs').writeFileSync(process.env.MARK, `${process.pid}.`);\nwhile (true);\n";
  await project.write('two/handler.js', busy);
  const mark = project.path('mark');
  const running = project.start(['up', '-d', '--port', '0', '--env', `MARK=${mark}`]);
  const pid = await until(async () => {
    const told = existsSync(mark) ? await project.read('mark') : '';
    return told.endsWith('.') ? Number(told.slice(0, -1)) : undefined;
  }, 'the function to start');
  assert.equal((await running.interrupt()).status, 130);
  assert.ok(!existsSync(project.path('build/.ofkit/state/gateway.json')));
  assert.ok(!isAlive(pid));
});

test('a function of another namespace has it in its URL, and a debugger where --inspect asks for it', async (t) => {
  const project = await twoFunctions(t);
  await project.writeStack({ one: 'lang: plain\nnamespace: other' });
  const up = await project.ofkit(['up', '-d', '--port', '0', '--inspect']);
  assert.equal(up.status, 0, up.stderr);
  const url = urlsOf(up.stdout)['one.other'];
  assert.ok(url?.endsWith('/function/one.other'), up.stdout);
  assert.equal(await get(url), 'one');
  const logs = await project.ofkit(['logs', 'one.other']);
  assert.match(logs.stdout, /its debugger is at 127\.0\.0\.1:\d+/);
});

test('a port that is given and taken is an error; without one the next that is free is used', async (t) => {
  const project = await twoFunctions(t);
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await project.ofkit(['up', '-d', '--port', String(port)]);
  assert.deepEqual([status, stderr.includes(`port ${port} is in use`)], [10, true]);
  const up = await project.ofkit(['up', '-d', 'one']);
  assert.equal(await get(urlsOf(up.stdout)['one']), 'one');
});
