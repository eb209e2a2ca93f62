import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { makeFolder, newFolder, removeFolder } from '../support/folder.ts';
import { Output } from '../support/output.ts';

/** The package that `npm pack` makes, installed into an empty folder as users do it. */

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The Node that it is installed and run with: TEST_NODE, else the one that runs the tests. */
const NODE = process.env['TEST_NODE'] ?? process.execPath;

const packed = newFolder();
process.on('exit', () => removeFolder(packed));

/** Of Node's test runner a program that a test starts shall know nothing. */
function environment(): NodeJS.ProcessEnv {
  const { HOME } = process.env;
  const PATH = [path.dirname(NODE), process.env['PATH']].join(':');
  return { HOME, PATH, npm_config_update_notifier: 'false' };
}

function run(folder: string, command: string, ...args: string[]) {
  return execa(command, args, {
    cwd: folder,
    env: environment(),
    extendEnv: false,
    stdin: 'ignore',
    timeout: 100_000,
  });
}

before(async () => {
  // dist/ is packed as it is, without a build: other tests use it at this time.
  await run(ROOT, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', packed);
});

function tarball(): string {
  const [name = ''] = readdirSync(packed).filter((file) => file.endsWith('.tgz'));
  return path.join(packed, name);
}

/** An empty folder with the package in it and nothing else; the registry is not asked. */
async function install(t: TestContext): Promise<string> {
  const folder = makeFolder(t);
  await run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', tarball());
  return folder;
}

test('the package is small, and nothing comes with it', async (t) => {
  assert.ok(statSync(tarball()).size < 4 << 20, `it has ${statSync(tarball()).size} bytes`);
  const folder = await install(t);
  const names = readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(names, ['openfaas-watchdog-ts']);
  const { dependencies, private: isPrivate } = JSON.parse(
    readFileSync(path.join(folder, 'node_modules/openfaas-watchdog-ts/package.json'), 'utf8'),
  ) as { dependencies?: object; private?: boolean };
  assert.deepEqual(dependencies ?? {}, {});
  assert.equal(isPrivate, undefined);
});

test('its programs run by npx', async (t) => {
  const folder = await install(t);
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  for (const program of ['fwatchdog', 'ofkit', 'of-gateway']) {
    const { stdout, stderr } = await run(folder, 'npx', '--no-install', program, '--version');
    assert.ok(`${stdout}${stderr}`.includes(version), `${program} --version says ${stdout}${stderr}`);
  }
});

test('ofkit makes a function and runs it', async (t) => {
  const folder = await install(t);
  await run(folder, 'npx', '--no-install', 'ofkit', 'new', 'hello', '--lang', 'node24');
  const args = ['--no-install', 'ofkit', 'run', 'hello', '--port', '0', '--json'];
  // A group of its own, which a terminal's Ctrl-C reaches as a whole.
  const child = spawn('npx', args, {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  const interrupt = (): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGINT');
  };
  t.after(async () => {
    interrupt();
    await ended;
  });
  const stdout = new Output(child.stdout);
  const [, url = ''] = await stdout.waitFor(/"event":"ready".*"url":"([^"]+)"/, 60_000);
  const answer = await fetch(url, { method: 'POST', body: 'Ada' });
  assert.equal(answer.status, 200);
  assert.notEqual(await answer.text(), '');
  interrupt();
  await ended;
});

test('its gateway runs a function and takes a call for later, with the database that lies in the package', async (t) => {
  const folder = await install(t);
  await run(folder, 'npx', '--no-install', 'ofkit', 'new', 'hello', '--lang', 'node24');
  const call = `
    const sync = await fetch(process.env.OPENFAAS_URL + '/function/hello');
    const later = await fetch(process.env.OPENFAAS_URL + '/async-function/hello', { method: 'POST' });
    console.log('answered', sync.status, later.status);`;
  writeFileSync(path.join(folder, 'call.mjs'), call);
  const { stdout } = await run(folder, 'npx', '--no-install', 'ofkit', 'exec', '--', 'node', 'call.mjs');
  assert.match(stdout, /^answered 200 202$/m);
});

test('the types of handlers and the paths of the programs are its exports', async (t) => {
  const folder = await install(t);
  const source = `
    import type { FunctionContext, FunctionEvent, Handler } from 'openfaas-watchdog-ts';
    import type { WebHandler } from 'openfaas-watchdog-ts/web';
    export const greet: Handler<string> = (event: FunctionEvent<string>, context: FunctionContext) =>
      context.status(200).succeed(event.body.length);
    export const answer: WebHandler = (request) => new Response(request.url);
    // @ts-expect-error a body is no number here
    export const odd: Handler<string> = (event) => event.body * 2;`;
  writeFileSync(path.join(folder, 'handler.mts'), source);
  const types = ['--typeRoots', path.join(ROOT, 'node_modules/@types'), '--types', 'node'];
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  await run(folder, path.join(ROOT, 'node_modules/.bin/tsc'), ...flags, ...types, 'handler.mts');
  for (const program of ['fwatchdog', 'ofkit', 'of-gateway']) {
    const resolve = `console.log(require.resolve('openfaas-watchdog-ts/${program}'))`;
    const { stdout } = await run(folder, NODE, '-e', resolve);
    assert.equal(path.basename(stdout), `${program}.js`);
  }
});
