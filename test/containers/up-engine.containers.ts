import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { before, test, type TestContext } from 'node:test';
import { WATCHDOG_IMAGE } from '../../build/release.ts';
import { BASE } from '../../scripts/containers/images.ts';
import { Project } from '../ofkit/project.ts';
import { fixture } from '../support/command.ts';
import { until } from '../support/wait.ts';
import { podman } from './container.ts';
import { EngineService } from './engine-service.ts';

/** `ofkit up --engine`: the functions of a stack as containers. */

const IMAGE = 'of-test/up:latest';

const DOCKERFILE = `FROM ${BASE}
COPY --from=${WATCHDOG_IMAGE} /fwatchdog* /usr/bin/
WORKDIR /home/app
COPY function.mjs .
ENV mode=http upstream_url=http://127.0.0.1:3000 http_port=3000 fprocess="node function.mjs"
USER node
CMD ["fwatchdog"]
`;

before(async () => {
  await podman('rmi', '--force', '--ignore', `localhost/${IMAGE}`);
});

interface Stack {
  readonly project: Project;
  /** Of its function, which no other test has. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

let stacks = 0;

/** A project with a function, and the settings by which ofkit finds the engine, which is stopped after ofkit. */
async function makeStack(t: TestContext): Promise<Stack> {
  const project = await Project.create(t);
  const engine = await EngineService.start(t);
  stacks += 1;
  const name = `up-${process.pid}-${stacks}`;
  await project.writeStack({
    [name]: 'lang: dockerfile\nsecrets: [key]\nenvironment:\n  WORD: stack',
  });
  const stack = (await project.read('stack.yaml')).replace(`${name}:latest`, IMAGE);
  await project.write('stack.yaml', stack);
  await project.write(`${name}/Dockerfile`, DOCKERFILE);
  await cp(fixture('gateway/function.mjs'), project.path(`${name}/function.mjs`));
  await project.write('.secrets/key', 's3cret');
  const env = { ...process.env, OFKIT_ENGINE: 'podman', engine_host: engine.address };
  return { project, name, env };
}

async function containersOf(name: string): Promise<string[]> {
  const filter = `label=dev.of-gateway.function=${name}`;
  const names = await podman('ps', '--all', '--filter', filter, '--format', '{{.Names}}');
  return names.split('\n').filter((name) => name !== '');
}

test('functions run in containers with environment, secrets and a port of their own, and again after a save', async (t) => {
  const { project, name, env } = await makeStack(t);
  const up = project.start(['up', '--engine', '--json', '--port', '0', '--env', 'MORE=given'], env);
  const ready = await up.until('ready');
  assert.equal(ready.mode, `a container of ${IMAGE}`);
  const variable = (wanted: string) => up.call(name, `/variable?name=${wanted}`);
  assert.deepEqual([await variable('WORD'), await variable('MORE')], ['stack', 'given']);
  assert.equal(await up.call(name, '/secret?name=key'), 's3cret');
  const behind = await fetch(`${ready.gateway ?? ''}/variable?name=OPENFAAS_NAME`);
  assert.equal(await behind.text(), name);
  const self = `http://gateway.openfaas:8080/function/${name}/variable?name=WORD`;
  assert.equal(await up.call(name, `/call?url=${encodeURIComponent(self)}`), 'stack');
  await up.call(name, '/log?name=of-the-container');
  await up.until('log', ({ text = '' }) => text.endsWith('out of-the-container'));
  const [first] = await containersOf(name);
  assert.equal((await containersOf(name)).length, 1);

  await project.write('.secrets/key', 'n3w');
  await until(async () => (await up.call(name, '/secret?name=key')) === 'n3w', 'the new secret');
  const code = await project.read(`${name}/function.mjs`);
  await project.write(`${name}/function.mjs`, code.replace("'<unset>'", "'saved'"));
  await up.until('reloaded');
  assert.equal(await variable('NONE'), 'saved');
  await until(async () => !(await containersOf(name)).includes(first ?? ''), 'the end of the old container');

  const { status, stderr } = await up.interrupt();
  assert.equal(status, 0, stderr);
  assert.deepEqual(await containersOf(name), []);
});

test('with --detach they go on, and down ends them', async (t) => {
  const { project, name, env } = await makeStack(t);
  const up = await project.ofkit(['up', '--detach', '--engine', '--port', '0'], env);
  assert.equal(up.status, 0, up.stderr);
  const url = /^up-\S+: (\S+)\n$/.exec(up.stdout)?.[1] ?? '';
  assert.equal(await (await fetch(`${url}/variable?name=WORD`)).text(), 'stack');
  assert.equal((await containersOf(name)).length, 1);
  const asProcesses = await project.ofkit(['up', '--detach'], env);
  assert.match(
    asProcesses.stderr,
    /runs functions as containers, as "ofkit up --engine" has: "ofkit down" ends it\n$/,
  );
  const down = await project.ofkit(['down'], env);
  assert.equal(down.status, 0, down.stderr);
  assert.deepEqual(await containersOf(name), []);
});

test('what a gateway leaves that was killed goes with the next one', async (t) => {
  const { project, name, env } = await makeStack(t);
  const args = ['up', '--engine', '--json', '--port', '0'];
  const killed = project.start(args, env);
  await killed.until('ready');
  const left = await containersOf(name);
  assert.equal(left.length, 1);
  const runtime = project.path('build/.ofkit');
  const [state = ''] = (await readdir(runtime)).filter((name) => name.startsWith('.up-'));
  const { pid } = JSON.parse(await readFile(`${runtime}/${state}/gateway.json`, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  const { status, stderr } = await killed.untilEnded();
  assert.equal(status, 7, stderr);
  assert.deepEqual(await containersOf(name), left);
  const next = project.start(args, env);
  await next.until('ready');
  await until(async () => !(await containersOf(name)).includes(left[0] ?? ''), 'the end of what was left');
  assert.equal((await next.interrupt()).status, 0);
  assert.deepEqual(await containersOf(name), []);
  assert.deepEqual(
    (await readdir(runtime)).filter((name) => name.startsWith('.up-')),
    [],
  );
});
