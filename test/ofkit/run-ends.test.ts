import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { execa } from 'execa';
import { probe, Project } from './project.ts';
import type { Running } from './running.ts';
import { until } from '../support/wait.ts';

/** Tells the id of its process and of one that it started, which ignores SIGTERM. */
const STUBBORN = `
const { spawn } = require('node:child_process');
process.on('SIGTERM', () => undefined);
const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 1; done']);
module.exports = () => JSON.stringify([process.pid, child.pid, process.ppid]);
`;

async function pidsOf(running: Running): Promise<number[]> {
  return JSON.parse(await running.call('hello')) as number[];
}

/** Waits until none of them runs, zombies aside. */
async function allEnded(pids: readonly number[]): Promise<void> {
  await until(
    async () => {
      const { stdout } = await execa('ps', ['-o', 'stat=', '-p', pids.join(',')], { reject: false });
      return stdout.split('\n').every((state) => state === '' || state.startsWith('Z')) || undefined;
    },
    `the end of ${pids.join(', ')}`,
  );
}

async function start(project: Project, source: string, ...flags: string[]): Promise<Running> {
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', source);
  return project.start(['run', '--json', '-p', '0', ...flags]);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
  test(`${signal} leaves no process and no port`, { timeout: 60_000 }, async (t) => {
    const project = await Project.create(t);
    const running = await start(
      project,
      'module.exports = () => JSON.stringify([process.pid, process.ppid]);',
      '--inspect',
      '0',
    );
    const pids = await pidsOf(running);
    const ready = await running.until('ready');
    const ports = [ready.url, `http://${ready.debugger ?? ''}`].map((url) => Number(new URL(url ?? '').port));
    const { status } = await running.interrupt(signal);
    assert.equal(status, signal === 'SIGKILL' ? undefined : 0);
    await allEnded(pids);
    for (const port of ports)
      await until(async () => (await probe(port)) === 'ECONNREFUSED', `port ${port} to be closed`);
  });
}

test('SIGKILL ends a request in flight, whatever timeouts there are', { timeout: 60_000 }, async (t) => {
  const project = await Project.create(t);
  const endless = `module.exports = ({ url }) => {
  if (url !== '/endless') return JSON.stringify([process.pid, process.ppid]);
  console.log('begun');
  return new Promise(() => undefined);
};`;
  const running = await start(project, endless, '--inspect', '0'); // without timeouts
  const pids = await pidsOf(running);
  const call = running.call('hello', '/endless').catch(() => 'broken off');
  await running.until('log', ({ text }) => text === 'begun');
  await running.interrupt('SIGKILL');
  assert.equal(await call, 'broken off');
  await allEnded(pids);
});

test('a second Ctrl-C ends at once what does not want to end', { timeout: 60_000 }, async (t) => {
  const project = await Project.create(t);
  const running = await start(project, STUBBORN);
  const pids = await pidsOf(running);
  process.kill(running.pid, 'SIGINT');
  await running.until('log', ({ text }) => text?.startsWith('SIGTERM') ?? false);
  const { status } = await running.interrupt();
  assert.equal(status, 130);
  await allEnded(pids);
});

test('Ctrl-C lets a request in flight end', async (t) => {
  const project = await Project.create(t);
  const source = `const { existsSync } = require('node:fs');
module.exports = async ({ url }) => {
  if (url !== '/slow') return 'ready';
  console.log('begun');
  while (!existsSync(${JSON.stringify(project.path('go'))})) await new Promise((resolve) => setTimeout(resolve, 10));
  return 'whole';
};`;
  const running = await start(project, source);
  const slow = running.call('hello', '/slow');
  await running.until('log', ({ text }) => text === 'begun');
  process.kill(running.pid, 'SIGINT');
  await project.write('go', '');
  assert.equal(await slow, 'whole');
  assert.equal((await running.untilEnded()).status, 0);
});

test('Ctrl-C lets a request in flight to former code end', async (t) => {
  const project = await Project.create(t);
  const source = `module.exports = ({ url }, response) => {
  if (url !== '/slow') return 'one';
  console.log('begun');
  const go = setInterval(() => {
    if (!require('node:fs').existsSync(${JSON.stringify(project.path('go'))})) return;
    clearInterval(go);
    whole('whole');
  }, 10);
  let whole;
  return new Promise((resolve) => (whole = resolve));
};`;
  const running = await start(project, source);
  const slow = running.call('hello', '/slow');
  await running.until('log', ({ text }) => text === 'begun');
  await project.write('hello/handler.js', "module.exports = () => 'two';");
  await running.until('reloaded');
  process.kill(running.pid, 'SIGINT');
  await project.write('go', '');
  assert.equal(await slow, 'whole');
  assert.equal((await running.untilEnded()).status, 0);
});

test('Ctrl-C ends what a function has started in a session of its own', async (t) => {
  const project = await Project.create(t);
  const source = `const { spawn } = require('node:child_process');
const daemon = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
daemon.unref();
module.exports = () => JSON.stringify([process.pid, daemon.pid]);`;
  const running = await start(project, source);
  const pids = await pidsOf(running);
  assert.equal((await running.interrupt()).status, 0);
  await allEnded(pids);
});

test('Ctrl-C at any moment of a start ends it', { timeout: 100_000 }, async (t) => {
  const project = await Project.create(t);
  // The files begin to be watched once the function is ready.
  for (const flags of [[], ['--inspect', '0'], ['--no-watch']]) {
    const running = await start(project, 'module.exports = () => 1;', ...flags);
    await running.until('ready');
    assert.equal((await running.interrupt()).status, 0);
  }
});

test('Ctrl-C while a function starts ends it', { timeout: 60_000 }, async (t) => {
  const project = await Project.create(t);
  const waiting = `require('node:fs').writeFileSync(${JSON.stringify(project.path('pid'))}, String(process.pid));
setInterval(() => undefined, 1000);
Object.defineProperty(module, 'exports', { get: () => new Promise(() => undefined) });
while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);`;
  const running = await start(project, waiting);
  const pid = await until(async () => {
    return (await project.read('pid').catch(() => '')) || undefined;
  }, 'the start of the function');
  const { status } = await running.interrupt();
  assert.equal(status, 0);
  await allEnded([Number(pid)]);
});

const failures: readonly [what: string, lines: string, status: number, message: RegExp, told?: RegExp][] = [
  [
    'a secret that is not there',
    'secrets: [api-key, other]',
    3,
    /create the following secrets \(api-key, other\) as files in \.secrets\//,
  ],
  [
    'an environment file that is not there',
    'environment_file: [no.yml]',
    3,
    /environment_file no\.yml of hello cannot be read/,
  ],
  [
    'a function that does not start',
    'fprocess: node missing.js',
    11,
    /hello ended with exit status 1: see its output above/,
    /^hello \| Error: Cannot find module/m,
  ],
  [
    'a setting that the watchdog refuses',
    'environment: { exec_timeout: 10sec }',
    11,
    /hello ended with exit status 1/,
    /^hello \| .*exec_timeout="10sec" cannot be read/m,
  ],
];

for (const [what, lines, status, message, told = /^$/] of failures) {
  test(`run refuses ${what}`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.writeStack({ hello: `lang: plain\n${lines}` });
    await project.write('hello/handler.js', 'module.exports = () => 1;');
    const ended = await project.ofkit(['run', 'hello', '-p', '0']);
    assert.match(ended.stderr, message);
    assert.match(ended.stdout, told);
    assert.equal(ended.status, status);
  });
}

test('code that does not compile ends a start, with its place', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('typed');
  await project.ofkit(['new', 'web', '--lang', 'typed', '-q']);
  await project.write('web/handler.ts', 'export const handle = (): string => 1;\n');
  // Colours are for ofkit's own lines: the compiler's lines are searched for places in files.
  const { status, stderr } = await project.ofkit(['run', '-p', '0'], { FORCE_COLOR: '1' });
  assert.match(stderr, /^web\/handler\.ts\(1,37\): error TS2322/m);
  assert.equal(status, 9);
});

test('a port that is taken is an error where it was asked for, and stepped over where it was not', async (t) => {
  const project = await Project.create(t);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', "module.exports = () => 'here';");
  const taken = await project.ofkit(['run', '-p', String(port)]);
  assert.match(taken.stderr, new RegExp(`port ${port} is in use: choose another with --port`));
  assert.equal(taken.status, 10);
  const first = project.start(['run', '--json']);
  const second = project.start(['run', '--json']);
  const urls = [await first.until('ready'), await second.until('ready')].map(({ url }) => url);
  assert.notEqual(urls[0], urls[1]);
  assert.equal(await second.call('hello'), 'here');
});

test('the watchdog may be named, and its absence is an error', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', 'module.exports = () => 1;');
  const { status, stderr } = await project.ofkit(['run'], { OFKIT_WATCHDOG: 'nowhere.js' });
  assert.deepEqual([status, /the watchdog .*nowhere\.js is not there/.test(stderr)], [8, true]);
});
