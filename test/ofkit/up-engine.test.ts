import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { listing, Project } from './project.ts';

/** `ofkit up --engine` where there is no engine; test/containers has one. */

async function oneFunction(t: TestContext): Promise<Project> {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.useCommand('docker', 'engine.mjs');
  await project.writeStack({ hello: 'lang: plain' });
  await project.write('hello/handler.js', 'module.exports = async () => 1;\n');
  return project;
}

const variables = (project: Project): Record<string, string> => ({
  ENGINE_LOG: project.path('.bin/log'),
  engine_host: `unix://${project.path('none.sock')}`,
});

/** The remains of gateways: their state folders, except the project's own. */
async function gatewaysLeft(project: Project): Promise<string[]> {
  const folder = project.path('build/.ofkit');
  return existsSync(folder)
    ? (await listing(folder)).filter((path) => /^\.up-|gateway\.json$/.test(path))
    : [];
}

for (const detach of [[], ['--detach']])
  test(`where no engine answers, ${['up', '--engine', ...detach].join(' ')} says so in a line and builds nothing`, async (t) => {
    const project = await oneFunction(t);
    const { status, stderr } = await project.ofkit(
      ['up', '--engine', ...detach, '--port', '0'],
      variables(project),
    );
    assert.equal(status, 8, stderr);
    assert.match(stderr, /^ofkit: the container engine at unix:\/\/\S+none\.sock does not answer: .*\n$/);
    assert.equal(existsSync(project.path('.bin/log')), false);
    assert.deepEqual(await gatewaysLeft(project), []);
  });

test('where nothing builds images, up --engine says what to install', async (t) => {
  const project = await oneFunction(t);
  const { status, stderr } = await project.ofkit(['up', '--engine'], { PATH: project.path('nowhere') });
  assert.equal(status, 8, stderr);
  assert.match(stderr, /^ofkit: no container engine \(docker, podman, buildah\) is installed: .*\n$/);
});

test('an engine that cannot be found has a line with the ways out', async (t) => {
  const project = await oneFunction(t);
  const { status, stderr } = await project.ofkit(['up', '--engine'], {
    ...variables(project),
    engine_host: 'ssh://nobody@nowhere',
  });
  assert.equal(status, 8, stderr);
  assert.match(stderr, /^ofkit: engine_host="ssh:\/\/nobody@nowhere" is over ssh.*\n$/);
});

test('what has no meaning in a container is refused', async (t) => {
  const project = await oneFunction(t);
  for (const flags of [['--inspect'], ['--watchdog', 'fwatchdog.js'], ['--detach', '--inspect']]) {
    const { status, stderr } = await project.ofkit(['up', '--engine', ...flags]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /leave --(engine|watchdog) out\n$/);
  }
});

test('a gateway that runs functions in the other way is left alone', async (t) => {
  const project = await oneFunction(t);
  const up = await project.ofkit(['up', '--detach', '--port', '0']);
  assert.equal(up.status, 0, up.stderr);
  const { status, stderr } = await project.ofkit(['up', '--engine', '--detach'], variables(project));
  assert.equal(status, 2, stderr);
  assert.match(stderr, /runs functions as processes: "ofkit down" ends it\n$/);
  assert.equal((await project.ofkit(['ps'])).status, 0);
});
