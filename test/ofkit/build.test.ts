import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { commitAll, git, OFKIT, Project } from './project.ts';

interface Call {
  readonly args: string[];
  readonly cwd: string;
  readonly files: string[];
  readonly buildKit?: string;
}

/** A project with a function `hello`, and an engine that only records how it is called. */
async function withEngine(t: TestContext, lines = '', name = 'docker'): Promise<Project> {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.useCommand(name, 'engine.mjs');
  await project.writeStack({ hello: `lang: plain\n${lines}` });
  await project.write('hello/handler.js', 'module.exports = () => 1;');
  return project;
}

const env = (project: Project, more: Record<string, string> = {}): Record<string, string> => ({
  ENGINE_LOG: project.path('.bin/log'),
  ...more,
});

async function calls(project: Project): Promise<Call[]> {
  const lines = (await project.read('.bin/log')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

test('the engine is called as faas-cli calls docker, in the build context', async (t) => {
  const stack = 'build_args:\n  FROM_STACK: stack\n  BOTH: stack\nbuild_options: [tools]';
  const project = await withEngine(t, stack);
  const flags = ['-b', 'BOTH=flag=1', '--build-arg', 'ADDITIONAL_PACKAGE=make zip', '--build-label', 'a=b'];
  const { status, stdout, stderr } = await project.ofkit(
    ['build', '--no-cache', '--squash', '--pull', ...flags],
    env(project, { http_proxy: 'http://proxy:1' }),
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'hello: image hello:latest\n');
  const [call] = await calls(project);
  const pairs = [
    'http_proxy=http://proxy:1',
    'FROM_STACK=stack',
    'BOTH=flag=1',
    'ADDITIONAL_PACKAGE=git make zip',
  ];
  assert.deepEqual(call?.args, [
    'build',
    '--no-cache',
    '--squash',
    ...pairs.flatMap((pair) => ['--build-arg', pair]),
    '--label',
    'a=b',
    '--pull',
    '--tag',
    'hello:latest',
    '.',
  ]);
  assert.equal(call?.cwd, project.path('build/hello'));
  assert.equal(call?.buildKit, undefined);
  assert.ok(call?.files.includes('Dockerfile'));
});

test('build secrets are files, and ask for BuildKit', async (t) => {
  const project = await withEngine(t, 'build_secrets:\n  npmrc: ./my.npmrc');
  await project.ofkit(['build'], env(project));
  const [call] = await calls(project);
  assert.deepEqual(call?.args.slice(3, 5), ['--secret', `id=npmrc,src=${project.path('my.npmrc')}`]);
  assert.equal(call?.buildKit, '1');
});

test('variables stand in for ${NAME} in the stack file, unless --no-envsubst', async (t) => {
  const project = await withEngine(t);
  const image = '${REGISTRY:-local}/hello:${TAG}';
  await project.write('stack.yaml', (await project.read('stack.yaml')).replace('hello:latest', image));
  const tagged = async (...args: string[]): Promise<string> => {
    const { stdout } = await project.ofkit(['build', '--json', ...args], env(project, { TAG: '1.2' }));
    return (JSON.parse(stdout) as [{ image: string }])[0].image;
  };
  assert.equal(await tagged(), 'local/hello:1.2');
  assert.equal(await tagged('--no-envsubst'), image);
});

test('--tag adds what git or the handler says to the image', async (t) => {
  const project = await withEngine(t);
  const tagged = async (format: string): Promise<string> => {
    const ended = await project.ofkit(['build', '--json', '--tag', format], env(project));
    assert.equal(ended.status, 0, ended.stderr);
    return (JSON.parse(ended.stdout) as [{ image: string }])[0].image;
  };
  assert.equal(await tagged('latest'), 'hello:latest');
  // the md5 of the md5 of its one file, as `faas-cli build --tag digest` makes it
  assert.equal(await tagged('digest'), 'hello:1de252dfb7f66cc816ec7d379c165bae');
  const outside = await project.ofkit(['build', '--tag', 'sha'], env(project));
  assert.deepEqual([outside.status, /not a Git repository/.test(outside.stderr)], [5, true]);
  await git(project.folder, 'init', '--quiet', '--initial-branch=main');
  const commit = await commitAll(project.folder);
  const short = await git(project.folder, 'rev-parse', '--short', commit);
  const foreign = await project.ofkit(['generate', '-t', 'openfaas', '--tag', 'sha'], {
    GIT_TEST_ASSUME_DIFFERENT_OWNER: '1',
  });
  assert.equal(foreign.status, 5);
  assert.match(
    foreign.stderr,
    /belongs to another user: trust it by "git config --global --add safe\.directory/,
  );
  await git(project.folder, 'tag', 'v1');
  assert.equal(await tagged('sha'), `hello:latest-${short}`);
  assert.equal(await tagged('branch'), `hello:latest-main-${short}`);
  assert.equal(await tagged('describe'), 'hello:latest-v1');
  for (const format of ['', 'default', 'LATEST']) assert.equal(await tagged(format), 'hello:latest');
  await git(project.folder, 'tag', '-d', 'v1');
  await git(project.folder, 'tag', 'release/1.0+x');
  assert.equal(await tagged('Describe'), 'hello:latest-release-1.0-x');
  await git(project.folder, 'checkout', '-q', '-b', `feature/${'x'.repeat(150)}`);
  const long = await tagged('BRANCH');
  assert.match(long, new RegExp(`^hello:latest-feature-x+-${short}$`));
  assert.equal(long.length, 'hello:'.length + 128);
  await project.write(
    'stack.yaml',
    (await project.read('stack.yaml')).replace('hello:latest', 'hello@sha256:1f'),
  );
  const digest = await project.ofkit(['generate', '-t', 'openfaas', '--tag', 'sha']);
  assert.deepEqual([digest.status, /has a digest and takes no tag/.test(digest.stderr)], [5, true]);
  assert.equal((await project.ofkit(['generate', '-t', 'openfaas'])).status, 0);
});

test('--engine, OFKIT_ENGINE and PATH choose the engine', async (t) => {
  const project = await withEngine(t, '', 'buildah');
  const path = { PATH: `${project.path('.bin')}:${join(OFKIT, '..')}` };
  await mkdir(project.path('.bin'), { recursive: true });
  await symlink(process.execPath, project.path('.bin/node'));
  const found = await project.ofkit(['build'], { ...env(project), ...path });
  assert.equal(found.status, 0, found.stderr);
  assert.equal(
    (await project.ofkit(['build', '--engine', 'buildah'], { ...env(project), ...path })).status,
    0,
  );
  // without it HEALTHCHECK is lost, which the engine's default format does not have
  for (const { args } of await calls(project)) {
    if (args[0] === 'build') assert.deepEqual(args.slice(1, 3), ['--format', 'docker']);
  }
  const podman = await project.ofkit(['build'], { ...env(project), ...path, OFKIT_ENGINE: 'podman' });
  assert.deepEqual([podman.status, /podman is not installed/.test(podman.stderr)], [8, true]);
  const wrong = await project.ofkit(['build', '--engine', 'kaniko']);
  assert.deepEqual(
    [wrong.status, /Allowed choices are docker, podman, buildah/.test(wrong.stderr)],
    [2, true],
  );
});

test('without any engine the error names a way that needs none', async (t) => {
  const project = await withEngine(t, '', 'none');
  const { status, stderr } = await project.ofkit(['build'], { PATH: project.path('.bin') });
  assert.deepEqual([status, /use "ofkit run", which needs none/.test(stderr)], [8, true]);
});

test("a build that fails shows the engine's own output, and the others are built", async (t) => {
  const project = await withEngine(t);
  await project.writeStack({ bad: 'lang: plain', good: 'lang: plain' });
  for (const name of ['bad', 'good']) await project.write(`${name}/handler.js`, '');
  const ended = await project.ofkit(['build', '--parallel', '2'], env(project, { ENGINE_FAILS: 'bad:' }));
  assert.equal(ended.status, 9);
  assert.equal(ended.stdout, 'good: image good:latest\n');
  assert.match(ended.stderr, /✖ bad: image bad:latest/);
  assert.match(
    ended.stderr,
    /STEP 1: FROM something\nthe step of the engine that failed\nofkit: docker could not build/,
  );
});

test('a build option that the template has not is refused', async (t) => {
  const project = await withEngine(t);
  const { status, stderr } = await project.ofkit(['build', '-o', 'fast'], env(project));
  assert.deepEqual(
    [status, /build option fast is unavailable for plain: its template\.yml has tools/.test(stderr)],
    [3, true],
  );
});

test('a build without a stack file takes all of its options', async (t) => {
  const project = await withEngine(t);
  const flags = ['--name', 'one', '--image', 'me/one', '--handler', './hello', '--lang', 'plain'];
  const { stdout } = await project.ofkit(['build', ...flags], env(project));
  assert.equal(stdout, 'one: image me/one:latest\n');
  const half = await project.ofkit(['build', '--name', 'one'], env(project));
  assert.deepEqual(
    [half.status, /needs all of --name, --image, --handler and --lang/.test(half.stderr)],
    [2, true],
  );
});

test("the watchdog's image is built from the checkout, once, where the engine has none", async (t) => {
  const project = await withEngine(t);
  const image =
    /ghcr\.io\S+/.exec(await readFile(join(OFKIT, '../../templates/node24/Dockerfile'), 'utf8'))?.[0] ?? '';
  await project.write(
    'template/plain/Dockerfile',
    `ARG WATCHDOG=${image}\nFROM \${WATCHDOG} AS watchdog\nFROM x\n`,
  );
  await project.writeStack({ one: 'lang: plain', two: 'lang: plain' });
  for (const name of ['one', 'two']) await project.write(`${name}/handler.js`, '');
  // a checkout has Dockerfile.watchdog in the folder above that of ofkit.js
  await mkdir(project.path('checkout/dist'), { recursive: true });
  await writeFile(project.path('checkout/Dockerfile.watchdog'), 'FROM scratch\n');
  await project.write('checkout/dist/ofkit.js', await readFile(OFKIT, 'utf8'));
  const run = async (more: Record<string, string> = {}): Promise<string[][]> => {
    await project.write('.bin/log', '');
    const path = `${project.path('.bin')}:${process.env.PATH ?? ''}`;
    const options = { cwd: project.folder, env: { ...env(project, more), PATH: path } };
    await execa(
      process.execPath,
      [project.path('checkout/dist/ofkit.js'), 'build', '--parallel', '2'],
      options,
    );
    return (await calls(project)).map(({ args }) => args);
  };
  const built = await run();
  assert.deepEqual(built[0], ['build', '--file', 'Dockerfile.watchdog', '--tag', image, '.']);
  assert.equal(built.length, 3);
  assert.equal((await run({ ENGINE_IMAGES: image })).length, 2);
});
