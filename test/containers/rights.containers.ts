import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { WATCHDOG_IMAGE } from '../../build/release.ts';
import { BASE } from '../../scripts/containers/images.ts';
import { Container, FIXTURES, podman } from './container.ts';

/** Images without USER: the rights that the watchdog keeps of root's, and the files that it writes. */

const WITHOUT_USER = 'localhost/without-user';
const WITH_APP = 'localhost/with-app';
const BECAME = /Running as (.*) and no longer as root; run_as=root would stay root/;

before(async () => {
  const context = await mkdtemp(join(tmpdir(), 'rights-'));
  const lines = [
    `FROM ${WATCHDOG_IMAGE} AS watchdog`,
    `FROM ${BASE} AS without-user`,
    'COPY --from=watchdog --chmod=755 /fwatchdog* /usr/bin/',
    'ENV fprocess="sh -c \'id; echo to the log >&2\'"',
    'HEALTHCHECK CMD fwatchdog --run-healthcheck',
    'CMD ["fwatchdog"]',
    'FROM without-user AS with-app',
    'RUN useradd -m -u 1234 app',
  ];
  try {
    await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
    const build = ['build', '--quiet', '--format=docker'];
    await podman(...build, '--target=without-user', '--tag', WITHOUT_USER, context);
    await podman(...build, '--target=with-app', '--tag', WITH_APP, context);
  } finally {
    await rm(context, { recursive: true });
  }
});

for (const [name, image, flags, who] of [
  ['an image without USER', WITHOUT_USER, [], 'uid=12000 gid=12000 groups=12000'],
  ['one with the user app', WITH_APP, [], 'uid=1234(app) gid=1234(app) groups=1234(app)'],
  ['podman run --init', WITHOUT_USER, ['--init'], 'uid=12000 gid=12000 groups=12000'],
  ['a read-only root', WITHOUT_USER, ['--read-only'], 'uid=12000 gid=12000 groups=12000'],
  ['two capabilities', WITHOUT_USER, ['--cap-drop=all', '--cap-add=SETUID,SETGID'], 'uid=12000 gid=12000'],
] as const) {
  test(`${name}: the function is not root`, async (t) => {
    const container = await startOpen(t, image, {}, flags);
    assert.match(await (await fetch(await container.url())).text(), startOf(who));
    await container.logged(/stderr: to the log/);
    assert.match(await container.logs(), BECAME);
    assert.match(await container.exec('stat', '-c', '%u', '/tmp/.lock'), /^(?:12000|1234)$/);
    await podman('healthcheck', 'run', container.id);
    assert.equal(await container.stop(), 0, await container.logs());
  });
}

test('run_as=root stays root, in one word', async (t) => {
  const container = await startOpen(t, WITH_APP, { run_as: 'root' });
  assert.match(await (await fetch(await container.url())).text(), startOf('uid=0(root)'));
  assert.doesNotMatch(await container.logs(), BECAME);
});

test('run_as names a user of the image, and a low port is bound all the same', async (t) => {
  const container = await Container.start(t, WITH_APP, {
    env: { run_as: 'node', port: '80' },
    locked: false,
  });
  await container.logged(/Listening on port: 80\n/);
  const ask = `fetch('http://127.0.0.1/').then((r) => r.text()).then(console.log)`;
  assert.match(await container.exec('node', '-e', ask), startOf('uid=1000(node)'));
});

const HTTP_MODE = { fprocess: 'node /fixtures/server.mjs', upstream_url: 'http://127.0.0.1:3000' };

for (const [rights, flags] of [
  ['no capability', ['--cap-drop=all']],
  ['NET_RAW alone', ['--cap-drop=all', '--cap-add=NET_RAW']],
] as const) {
  for (const [mode, env, path] of [
    ['streaming', { fprocess: 'cat' }, '/'],
    ['serializing', { fprocess: 'cat' }, '/'],
    ['classic', { fprocess: 'cat' }, '/'],
    ['http', HTTP_MODE, '/'],
    ['inproc', { handler_path: '/fixtures/echo.cjs' }, '/'],
    ['inproc', { handler_path: '/fixtures/echo.cjs', workers: '2' }, '/'],
    ['static', { static_path: '/fixtures' }, '/hello.txt'],
  ] as const) {
    const name = 'workers' in env ? `${mode} with workers` : mode;
    test(`${name}: root with ${rights} stays root, serves, and warns once`, async (t) => {
      const volume = `--volume=${FIXTURES}:/fixtures:ro`;
      const container = await startOpen(t, WITHOUT_USER, { mode, ...env }, [...flags, volume]);
      const response = await fetch(await container.url(path), { method: 'POST', body: 'hello' });
      assert.deepEqual([response.status, (await response.text()).trim()], [200, 'hello']);
      const warnings = (await container.logs()).match(/Warning: root stays root.*$/gm) ?? [];
      assert.equal(warnings.length, 1, await container.logs());
      assert.match(await container.exec('sh', '-c', 'cat /proc/1/status'), /^Uid:\s+0\s+0\s/m);
      assert.equal(await container.stop(), 0, await container.logs());
    });
  }

  test(`root with ${rights} that was told whom to become: one line, exit 1`, async (t) => {
    const container = await Container.start(t, WITHOUT_USER, {
      env: { run_as: '12000' },
      flags,
      locked: false,
    });
    assert.equal(await container.ended(), 1);
    assert.match(await container.logs(), /Error: cannot become the user 12000 \(.*\); set run_as=root/);
  });
}

for (const [mode, env] of [
  ['streaming', { fprocess: 'cat' }],
  ['http', { fprocess: 'node /fixtures/server.mjs', upstream_url: 'http://127.0.0.1:3000' }],
  ['inproc', { handler_path: '/fixtures/echo.cjs' }],
] as const) {
  test(`${mode}: with a /tmp that nothing can be run from, the lock-file is all that is written`, async (t) => {
    const container = await Container.start(t, 'localhost/dockerfile:latest', {
      env: { mode, ...env },
      temporary: ['--tmpfs=/tmp:rw,noexec,nosuid,nodev,mode=1777'],
      flags: [`--volume=${FIXTURES}:/fixtures:ro`],
    });
    await container.ready();
    const started = Math.floor(
      Date.parse(await container.inspect('{{.State.StartedAt.UTC.Format "2006-01-02T15:04:05Z"}}')) / 1000,
    );
    const ask = async (): Promise<void> => {
      const response = await fetch(await container.url(), { method: 'POST', body: 'hello' });
      assert.deepEqual([response.status, await response.text()], [200, 'hello']);
    };
    await ask();
    if (mode === 'streaming') {
      assert.match(await container.exec('cat', '/proc/1/maps'), /\/usr\/bin\/fwatchdog\.node$/m);
      assert.doesNotMatch(await container.logs(), /slower/);
    }
    // all new files, and all files of the function's user, without those that the engine puts there
    const find = `find / \\( -path /proc -o -path /sys -o -path /fixtures \\) -prune -o \\( -newermt @${started} -o -path '/tmp/*' -o -path '/dev/shm/*' -o -path '/run/*' \\) -user 1000 -print`;
    const written = await container.exec('sh', '-c', `${find} 2>/dev/null; true`);
    assert.deepEqual(
      written.split('\n').filter((file) => !file.startsWith('/dev/pts')),
      ['/tmp/.lock'],
    );
    assert.deepEqual(await changesOf(container), []);
    assert.equal(await container.stop(), 0);
  });
}

test('on a root that can be written to, the lock-file is all that is left', async (t) => {
  const container = await startOpen(t, WITHOUT_USER);
  await (await fetch(await container.url())).text();
  assert.deepEqual(await changesOf(container), ['A /tmp/.lock', 'C /tmp']);
  assert.equal(await container.stop(), 0);
  assert.deepEqual(await changesOf(container), ['C /tmp']);
});

/** A container as the engine starts it by default, with a root that can be written to. */
async function startOpen(
  t: TestContext,
  image: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Container> {
  const container = await Container.start(t, image, { env, flags, locked: false, temporary: [] });
  return container.ready();
}

/** @returns the lines of `podman diff`, without the folders that the engine itself writes to */
async function changesOf(container: Container): Promise<string[]> {
  const lines = (await podman('diff', container.id)).split('\n').filter((line) => line !== '');
  return lines.filter((line) => !/^[AC] \/(?:etc|run|dev|proc|sys|var|fixtures)(?:\/|$)/.test(line)).sort();
}

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[()]/g, String.raw`\$&`)}`);
}
