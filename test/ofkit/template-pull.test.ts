import assert from 'node:assert/strict';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { until } from '../support/wait.ts';
import { commitAll, FIXTURES, git, makeRepository, OFKIT, Project } from './project.ts';

async function templatesOf(project: Project): Promise<string[]> {
  return (await readdir(project.path('template'))).sort();
}

test('template pull takes all templates of a repository, with where they came from', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const { status, stdout } = await project.ofkit(['template', 'pull', repository]);
  assert.equal(status, 0);
  assert.equal(stdout, 'Wrote 3 template(s) to template/: dockerfile plain typed\n');
  assert.deepEqual(await templatesOf(project), ['dockerfile', 'plain', 'typed']);
  const meta = JSON.parse(await project.read('template/plain/meta.json'));
  assert.equal(meta.repository, repository);
  assert.equal(meta.sha, await git(repository, 'rev-parse', 'HEAD'));
  assert.equal(await project.read('template/typed/.dockerignore'), 'node_modules\n');
});

test('template pull takes a tag, a branch or a commit behind #, into folders of that name', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  const first = await git(repository, 'rev-parse', 'HEAD');
  await git(repository, 'tag', '1.0');
  await writeFile(join(repository, 'template/plain/new-file'), 'new');
  await commitAll(repository);
  await git(repository, 'branch', 'feature/x');
  const short = first.slice(0, 10);
  for (const ref of ['1.0', 'feature/x', `sha-${short}`]) {
    const { status, stderr } = await project.ofkit(['template', 'pull', `file://${repository}#${ref}`]);
    assert.equal(status, 0, stderr);
  }
  assert.ok((await templatesOf(project)).includes('plain@1.0'));
  assert.ok(!(await readdir(project.path('template/plain@1.0'))).includes('new-file'));
  assert.ok((await readdir(project.path('template/plain@feature-x'))).includes('new-file'));
  assert.ok(!(await readdir(project.path(`template/plain@sha-${short}`))).includes('new-file'));
  assert.equal(JSON.parse(await project.read('template/plain@1.0/meta.json')).ref_name, '1.0');
});

test('template pull replaces a template as a whole, or refuses with --no-overwrite', async (t) => {
  const project = await Project.create(t);
  await project.write('template/plain/mine', 'mine');
  const repository = await makeRepository(t);
  const refused = await project.ofkit(['template', 'pull', repository, '--no-overwrite']);
  assert.equal(refused.status, 4);
  assert.match(refused.stderr, /unable to overwrite plain/);
  assert.deepEqual(await templatesOf(project), ['plain']);
  await project.ofkit(['template', 'pull', repository]);
  assert.ok(!(await readdir(project.path('template/plain'))).includes('mine'));
});

test('template pull takes OPENFAAS_TEMPLATE_URL, and without it the templates that come with ofkit', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t);
  await project.ofkit(['template', 'pull'], { OPENFAAS_TEMPLATE_URL: repository });
  assert.deepEqual(await templatesOf(project), ['dockerfile', 'plain', 'typed']);
  // these need no network: an address where nobody answers would fail the command
  const offline = { https_proxy: 'http://127.0.0.1:1', GIT_PROXY_COMMAND: 'false' };
  const { status } = await project.ofkit(['template', 'pull'], offline);
  assert.equal(status, 0);
  assert.ok((await templatesOf(project)).includes('ts-http'));
});

test('a repository may keep its templates behind a link', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t, async (folder) => {
    await cp(join(FIXTURES, 'template'), join(folder, 'templates'), { recursive: true });
    await symlink('templates', join(folder, 'template'));
  });
  await project.ofkit(['template', 'pull', repository]);
  assert.deepEqual(await templatesOf(project), ['dockerfile', 'plain', 'typed']);
});

const failures: readonly [string, (t: TestContext) => Promise<string>, number, RegExp][] = [
  ['is not there', () => Promise.resolve('/nowhere/at/all'), 2, /is no git repository/],
  [
    'is an option of git',
    () => Promise.resolve('--upload-pack=touch /tmp/x'),
    2,
    /unknown option|is no git repository/,
  ],
  [
    'cannot be reached',
    () => Promise.resolve('http://127.0.0.1:1/x.git'),
    7,
    /cannot clone http:\/\/127\.0\.0\.1:1/,
  ],
  [
    'has no templates',
    (t) => makeRepository(t, (at) => writeFile(join(at, 'README'), '')),
    3,
    /has no templates/,
  ],
  ['has no such branch', async (t) => `${await makeRepository(t)}#nope`, 7, /cannot clone .* at nope/],
  [
    'has no such commit',
    async (t) => `${await makeRepository(t)}#sha-0123456789`,
    7,
    /cannot clone .* at sha-/,
  ],
  [
    'is asked for a bad reference',
    async (t) => `${await makeRepository(t)}#a..b`,
    2,
    /no name of a branch or tag/,
  ],
  [
    'has a link that leads out',
    (t) =>
      makeRepository(t, async (at) => {
        await mkdir(join(at, 'template/evil/function'), { recursive: true });
        await symlink('/etc/passwd', join(at, 'template/evil/function/passwd'));
      }),
    6,
    /is a link that leads out of its repository/,
  ],
];

for (const [what, address, status, message] of failures) {
  test(`a repository that ${what} is an error and leaves nothing behind`, async (t) => {
    const project = await Project.create(t);
    const ended = await project.ofkit(['template', 'pull', await address(t)]);
    assert.equal(ended.status, status, ended.stderr);
    assert.match(ended.stderr, message);
    assert.deepEqual(await readdir(project.folder), []);
  });
}

test('a handler_folder that leads out of its template is refused', async (t) => {
  const project = await Project.create(t);
  await project.write('template/evil/template.yml', 'language: evil\nhandler_folder: ../../..\n');
  const { status, stderr } = await project.ofkit(['new', 'hello', '--lang', 'evil']);
  assert.equal(status, 6);
  assert.match(stderr, /handler_folder \.\.\/\.\.\/\.\. leads out of/);
  assert.deepEqual(await readdir(project.folder), ['template']);
});

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  test(`nothing half-written is left when ${signal} ends a clone`, async (t) => {
    const project = await Project.create(t);
    await project.useCommand('git', 'hangs.sh');
    const repository = await makeRepository(t);
    const { stdout: realGit } = await execa('which', ['git']);
    const running = execa(process.execPath, [OFKIT, 'template', 'pull', repository], {
      cwd: project.folder,
      env: {
        PATH: `${project.path('.bin')}:${process.env.PATH ?? ''}`,
        HANGS_STARTED: project.path('started'),
        REAL_GIT: realGit,
      },
      reject: false,
    });
    const pid = await until(
      async () => Number(await project.read('started').catch(() => '0')),
      'git to start',
    );
    t.after(() => endClone(pid));
    running.kill(signal);
    const { exitCode, signal: endedBy } = await running;
    assert.deepEqual([exitCode, endedBy], signal === 'SIGINT' ? [130, undefined] : [undefined, 'SIGKILL']);
    assert.deepEqual((await readdir(project.folder)).sort(), ['.bin', 'started']);
    // the next pull works, whatever the last one has left
    const again = await project.ofkit(['template', 'pull', repository], { PATH: process.env.PATH });
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(await templatesOf(project), ['dockerfile', 'plain', 'typed']);
  });
}

/** git outlives an ofkit that is killed. */
function endClone(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

test('what a repository lacks is told by its own path, and a commit by its name', async (t) => {
  const project = await Project.create(t);
  const repository = await makeRepository(t, async (folder) => {
    await mkdir(join(folder, 'template/one'), { recursive: true });
    await symlink('nowhere', join(folder, 'template/one/link'));
  });
  const pulled = await project.ofkit(['template', 'pull', repository]);
  assert.equal(pulled.status, 3);
  assert.equal(
    pulled.stderr,
    `ofkit: ${repository}: template/one/link is a link that leads to nothing: remove it, or mend it\n`,
  );
  const commit = await project.ofkit(['template', 'pull', `${repository}#sha-0000000`]);
  assert.equal(commit.status, 7);
  assert.match(commit.stderr, /at sha-0000000 \(fatal: .*\b0000000\)/);
  assert.doesNotMatch(commit.stderr, /--detach/);
});
