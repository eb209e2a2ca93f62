import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { probe, ROOT } from './project.ts';
import { until, within } from '../support/wait.ts';

/** Runs the script of `npm start`, without its build, with a temporary folder of its own. */
async function start(t: TestContext, port: string) {
  const temporary = await mkdtemp(join(await realpath(tmpdir()), 'start-test-'));
  t.after(() => rm(temporary, { recursive: true, force: true }));
  const child = execa(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    cwd: ROOT,
    env: { TMPDIR: temporary, port },
    stdin: 'ignore',
    reject: false,
    all: true,
    forceKillAfterDelay: false,
  });
  t.after(async () => {
    child.kill('SIGTERM');
    await within(Promise.resolve(child), 'npm start to end');
  });
  let told = '';
  child.all.on('data', (chunk: Buffer) => (told += String(chunk)));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    until(async () => {
      if (child.exitCode !== null) throw new Error(`npm start ended: ${told}`);
      return pattern.exec(told) ?? undefined;
    }, `${pattern} from npm start`);
  return { temporary, child, says };
}

/** The entries at the top of the repository, and the changes that git sees. */
async function repository(): Promise<string[]> {
  const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: ROOT, reject: false });
  return [...(await readdir(ROOT)).sort(), String(stdout)];
}

test('npm start serves a function, tells how to change it, and leaves nothing behind', async (t) => {
  const before = await repository();
  const { temporary, child, says } = await start(t, '0');
  const [, url = ''] = await says(/curl (http:\/\/127\.0\.0\.1:\d+\/function\/hello)\n/);
  const body = '{"name":"Ada"}';
  const headers = { 'content-type': 'application/json' };
  const greet = async (): Promise<string> => (await fetch(url, { method: 'POST', body, headers })).text();
  assert.equal(await greet(), '{"message":"Hello, Ada!"}');
  const functions = (await (await fetch(new URL('/system/functions', url))).json()) as { name: string }[];
  assert.deepEqual(
    functions.map(({ name }) => name),
    ['hello'],
  );
  const [, handler = ''] = await says(/\n {2}(\/\S+handler\.ts)\n/);
  await writeFile(handler, (await readFile(handler, 'utf8')).replace('Hello,', 'Good morning,'));
  await says(/reloaded in/);
  assert.equal(await greet(), '{"message":"Good morning, Ada!"}');
  child.kill('SIGINT');
  assert.equal((await within(Promise.resolve(child), 'npm start to end')).exitCode, 0);
  // The files of tsx and npm there do not count.
  const left = (await readdir(temporary)).filter((name) => !/^(?:tsx|node-compile-cache)/.test(name));
  assert.deepEqual(left, []);
  assert.equal(await probe(Number(new URL(url).port)), 'ECONNREFUSED');
  assert.deepEqual(await repository(), before);
});

test('npm start says which port is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const [text, message] of [
    [
      String(port),
      `Port ${port} is in use: end what listens there, or choose another with port=PORT npm start`,
    ],
    ['99999', 'port="99999" cannot be read: expected a port from 0 to 65535'],
  ] as const) {
    const { child } = await start(t, text);
    const { exitCode, all } = await within(Promise.resolve(child), 'npm start to end');
    assert.deepEqual([exitCode, all], [1, message]);
  }
});

test('Ctrl-C while npm start begins leaves nothing behind', async (t) => {
  const { temporary, child } = await start(t, '0');
  await until(async () => {
    return (await readdir(temporary)).find((name) => name.startsWith('ofkit-start-'));
  }, 'the folder');
  child.kill('SIGINT');
  assert.equal((await within(Promise.resolve(child), 'npm start to end')).exitCode, 0);
  const left = (await readdir(temporary)).filter((name) => !/^(?:tsx|node-compile-cache)/.test(name));
  assert.deepEqual(left, []);
});
