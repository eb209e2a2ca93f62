import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { isAlive } from '../support/process-table.ts';
import { Project } from './project.ts';
import { until } from '../support/wait.ts';

/** `ofkit exec`: a command with all functions running. */

async function projectOf(t: TestContext, handler: string): Promise<Project> {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain' });
  await project.write('one/handler.js', handler);
  return project;
}

const PID = 'module.exports = async () => String(process.pid);\n';
const CALL =
  "fetch(process.env.OPENFAAS_URL + '/function/one').then(async (r) => console.log(await r.text()))";

/** The folders in which gateways of exec keep their state. */
function stateFolders(project: Project): string[] {
  return readdirSync(project.path('build/.ofkit')).filter((name) => name.startsWith('.exec-'));
}

test('the command reaches the functions, its status is the status, and nothing is left behind', async (t) => {
  const project = await projectOf(t, PID);
  const script = `${CALL}.then(() => process.exit(process.argv.length))`;
  const { status, stdout, stderr } = await project.ofkit([
    'exec',
    '--',
    'node',
    '-e',
    script,
    '--',
    '--json',
  ]);
  assert.equal(status, 2, stderr); // node itself takes the second --
  assert.match(stdout, /^\d+\n$/);
  assert.ok(!isAlive(Number(stdout)));
  assert.deepEqual(stateFolders(project), []);
});

test('where a function does not start the command is not run, and the status is 11', async (t) => {
  const project = await projectOf(t, "throw new Error('no database');\n");
  const { status, stdout, stderr } = await project.ofkit(['exec', '--', 'echo', 'ran']);
  assert.deepEqual([status, stdout], [11, '']);
  assert.match(stderr, /no database/);
  assert.deepEqual(stateFolders(project), []);
});

test('a command that is not there, or is killed, is told by the status', async (t) => {
  const project = await projectOf(t, PID);
  const missing = await project.ofkit(['exec', '--', 'no-such-command']);
  assert.deepEqual([missing.status, /no-such-command cannot be started/.test(missing.stderr)], [8, true]);
  assert.equal((await project.ofkit(['exec', '--', 'sh', '-c', 'kill -KILL $$'])).status, 137);
});

/** Runs a command that prints the ids of its process and of its function's, and stays. */
async function staying(project: Project): Promise<{ ofkit: ReturnType<Project['start']>; pids: number[] }> {
  const script = `${CALL.replace('console.log(', 'console.error(`pids ${process.pid} `+')}; setInterval(() => {}, 1000)`;
  const ofkit = project.start(['exec', '--', 'node', '-e', script]);
  await ofkit.says('pids ');
  const [folder = ''] = stateFolders(project);
  const { pid } = JSON.parse(readFileSync(project.path('build/.ofkit', folder, 'gateway.json'), 'utf8')) as {
    pid: number;
  };
  const told = /pids (\d+) (\d+)/.exec(ofkit.told)?.slice(1).map(Number) ?? [];
  return { ofkit, pids: [...told, pid] };
}

test('SIGTERM ends the command, then all', async (t) => {
  const project = await projectOf(t, PID);
  const { ofkit, pids } = await staying(project);
  assert.equal((await ofkit.interrupt('SIGTERM')).status, 143);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(stateFolders(project), []);
});

test('kill -9 of ofkit ends the gateway and the functions', async (t) => {
  const project = await projectOf(t, PID);
  const { ofkit, pids } = await staying(project);
  const [command = 0, ...ours] = pids;
  process.kill(ofkit.pid, 'SIGKILL');
  process.kill(command, 'SIGKILL'); // then ofkit may not end it
  await until(async () => (ours.some(isAlive) ? undefined : true), 'their end');
});
