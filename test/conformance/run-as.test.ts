import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { commandLine } from '../support/command.ts';
import { asFirstProcess, reasonToSkip, type Accounts } from '../support/container-start.ts';
import { makeFolder } from '../support/folder.ts';
import type { Owner } from '../support/owner.ts';
import { childrenOf } from '../support/process-table.ts';
import { runWatchdog, startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\napp:x:100:101::/home/app:/bin/sh\nother:x:7:8::/:/bin/sh\n';
const GROUP = 'root:x:0:root\napp:x:101:\naudio:x:29:other,app\nwheel:x:10:apple,other\n';
const WITH_APP: Accounts = { passwd: PASSWD, group: GROUP };

const NO_CAPABILITY = '0'.repeat(16);
const LINE = /Running as .* and no longer as root; run_as=root would stay root/;

const STAYS = /Warning: root stays root, as it may not become the user app \(.*\); give the container a user/;

/** The groups that this process was started with, and that its children get. */
const GROUPS = /^Groups:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[0].replace(/\s+/g, ' ') ?? '';

/** The output of test/fixtures/identity.mjs. */
interface Identity {
  readonly home: string;
  readonly threads: readonly (readonly string[])[];
}

/** The lines of /proc for it; all threads must be alike. */
function linesOf(uid: number, gid: number, groups: readonly number[] = [gid]): string[] {
  return [
    `Uid: ${uid} ${uid} ${uid} ${uid}`,
    `Gid: ${gid} ${gid} ${gid} ${gid}`,
    `Groups: ${groups.join(' ')}`,
    `CapPrm: ${NO_CAPABILITY}`,
    `CapEff: ${NO_CAPABILITY}`,
  ];
}

function assertAlike(threads: Identity['threads'], lines: readonly string[]): void {
  assert.ok(threads.length > 0);
  for (const thread of threads) assert.deepEqual(thread, lines);
}

/** The threads of the watchdog itself, which is the child of unshare(1). */
function threadsOf(watchdog: Watchdog): string[][] {
  const [pid = 0] = childrenOf(watchdog.pid);
  const statusOf = (thread: string): string => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    } catch {
      return readFileSync(`/proc/${pid}/status`, 'utf8'); // Node may have ended that thread since it was listed
    }
  };
  return readdirSync(`/proc/${pid}/task`).map((thread) =>
    statusOf(thread)
      .split('\n')
      .filter((line) => /^(?:Uid|Gid|Groups|Cap(?:Prm|Eff)):/.test(line))
      .map((line) => line.trim().replaceAll(/\s+/g, ' ')),
  );
}

function modeOf(name: string, folder: string): Variables {
  const file = path.join(folder, 'identity.mjs');
  if (name === 'inproc') return { mode: 'inproc', handler_path: file };
  if (name === 'inproc_workers') return { mode: 'inproc', handler_path: file, inproc_workers: '2' };
  const words = ['/mnt/node', file];
  if (name !== 'http') return { mode: name, fprocess: commandLine(...words) };
  const socket = path.join(folder, 'function.sock');
  return { mode: 'http', fprocess: commandLine(...words, socket), upstream_url: `unix:${socket}` };
}

/** A watchdog as the first process of a container, and who its function is. */
async function startFirst(
  owner: Owner,
  mode: string,
  variables: Variables = {},
  accounts: Accounts = WITH_APP,
): Promise<{ watchdog: Watchdog; identity: Identity }> {
  const options = asFirstProcess(owner, accounts);
  const settings = { HOME: '/root', ...modeOf(mode, options.folder), ...variables };
  const watchdog = await startWatchdog(owner, settings, options);
  return { watchdog, identity: JSON.parse((await watchdog.request()).text) as Identity };
}

const skip = reasonToSkip();

describe('run_as', { concurrency: 2, skip }, () => {
  for (const mode of ['streaming', 'serializing', 'classic', 'http', 'inproc', 'inproc_workers']) {
    test(`${mode}: the first process of a container is not root, nor is the function`, async (t) => {
      const { watchdog, identity } = await startFirst(t, mode, {}, {});
      assertAlike(identity.threads, linesOf(12000, 12000));
      assertAlike(threadsOf(watchdog), linesOf(12000, 12000));
      assert.equal(identity.home, '/');
      assert.equal(statSync(watchdog.lockFile).uid, 12000);
      assert.equal(watchdog.stderr.lines.filter((line) => LINE.test(line)).length, 1, watchdog.log);
      assert.match(await watchdog.metrics(), /^process_open_fds [1-9]/m);
      await watchdog.stderr.waitFor(/GET \/ - 200/);
    });
  }

  test('the user app is taken where there is one, with its groups and its home', async (t) => {
    const { watchdog, identity } = await startFirst(t, 'streaming', { log_format: 'json' });
    assertAlike(identity.threads, linesOf(100, 101, [29, 101]));
    assert.equal(identity.home, '/home/app');
    const line = watchdog.stderr.lines.find((text) => LINE.test(text)) ?? '{}';
    const { msg } = JSON.parse(line) as { msg: string };
    assert.equal(msg, 'Running as app (100:101) and no longer as root; run_as=root would stay root');
  });

  test('a user app that is root by another name is not taken', async (t) => {
    const { identity } = await startFirst(t, 'streaming', {}, { passwd: 'app:x:0:0::/root:/bin/sh\n' });
    assertAlike(identity.threads, linesOf(12000, 12000));
  });

  for (const [value, lines, home] of [
    ['app', linesOf(100, 101, [29, 101]), '/home/app'],
    ['100', linesOf(100, 101, [29, 101]), '/home/app'],
    ['app:audio', linesOf(100, 29), '/home/app'],
    ['other:1234', linesOf(7, 1234), '/'],
    ['1234', linesOf(1234, 1234), '/'],
    ['1234:0', linesOf(1234, 0), '/'],
  ] as const) {
    test(`run_as=${value}`, async (t) => {
      const { identity } = await startFirst(t, 'streaming', { run_as: value });
      assertAlike(identity.threads, lines);
      assert.equal(identity.home, home);
    });
  }

  for (const value of ['root', '0', 'root:root']) {
    test(`run_as=${value} stays root`, async (t) => {
      const { watchdog, identity } = await startFirst(t, 'http', { run_as: value });
      assert.equal(identity.threads[0]?.[0], 'Uid: 0 0 0 0');
      assert.equal(identity.home, '/root');
      assert.doesNotMatch(watchdog.log, LINE);
    });
  }

  test('HOME that is not that of root stays', async (t) => {
    const { identity } = await startFirst(t, 'inproc', { HOME: '/srv' });
    assert.equal(identity.home, '/srv');
  });

  test('HOME that is not set is that of the user', async (t) => {
    const { identity } = await startFirst(t, 'inproc', { HOME: undefined });
    assert.equal(identity.home, '/home/app');
  });

  test('a port below 1024 is bound before', async (t) => {
    const port = String(await freeLowPort());
    const { watchdog, identity } = await startFirst(t, 'streaming', { port });
    assert.equal(watchdog.port, Number(port));
    assertAlike(identity.threads, linesOf(100, 101, [29, 101]));
  });

  test('behind an init that only reaps it counts as the first process', async (t) => {
    const init = path.join(makeFolder(t), 'tini');
    writeFileSync(init, '#!/bin/sh\n"$@" &\nwait\n', { mode: 0o755 });
    const { identity } = await startFirst(t, 'streaming', {}, { ...WITH_APP, before: [init] });
    assertAlike(identity.threads, linesOf(100, 101, [29, 101]));
  });

  test('root that is not the first process stays root, unless told', async (t) => {
    const stays = await startWatchdog(t, { fprocess: 'id -u' });
    assert.equal((await stays.request()).text, '0\n');
    const { folder } = asFirstProcess(t);
    const told = await startWatchdog(t, { fprocess: 'id -u', run_as: '12000' }, { folder });
    assert.equal((await told.request()).text, '12000\n');
    assert.match(told.log, /Running as 12000 \(12000:12000\) and no longer as root/);
  });

  test('who is that user already needs not be root', async (t) => {
    const before = ['setpriv', '--reuid=100', '--regid=101', '--clear-groups'];
    for (const value of ['app', '100', 'app:app']) {
      const { watchdog } = await startFirst(t, 'streaming', { run_as: value }, { ...WITH_APP, before });
      assert.doesNotMatch(watchdog.log, LINE);
    }
  });

  for (const mode of ['streaming', 'serializing', 'classic', 'http', 'inproc', 'inproc_workers']) {
    for (const missing of ['setuid', 'setgid', 'all']) {
      test(`${mode}: root that may not become another user stays, not told to: without ${missing}`, async (t) => {
        const before = ['setpriv', `--bounding-set=-${missing}`, `--inh-caps=-${missing}`];
        const { watchdog, identity } = await startFirst(t, mode, {}, { ...WITH_APP, before });
        for (const thread of [...identity.threads, ...threadsOf(watchdog)]) {
          assert.deepEqual(thread.slice(0, 2), ['Uid: 0 0 0 0', 'Gid: 0 0 0 0']);
          assert.deepEqual(otherGroups(thread[2]), otherGroups(GROUPS));
        }
        assert.equal(identity.home, '/root');
        const warnings = watchdog.stderr.lines.filter((line) => STAYS.test(line));
        assert.equal(warnings.length, 1, watchdog.log);
      });
    }
  }

  const unprivileged = ['setpriv', '--reuid=100', '--regid=101', '--clear-groups'];
  const without = ['setpriv', '--bounding-set=-setuid,-setgid', '--inh-caps=-setuid,-setgid'];
  for (const [name, value, before, line] of [
    [
      'an unknown user',
      'nobody',
      [],
      /run_as=nobody: \/etc\/passwd has no user nobody; name one that is there/,
    ],
    ['an unknown group', 'app:staff', [], /run_as=app:staff: \/etc\/group has no group staff/],
    ['three words', 'app:app:app', [], /run_as="app:app:app" cannot be read: expected USER or USER:GROUP/],
    ['no user', ':app', [], /run_as=":app" cannot be read/],
    ['a number that is none', '4294967295', [], /run_as="4294967295" cannot be read/],
    ['root with a group', 'root:app', [], /run_as=root:app: root stays with the groups/],
    ['another than root', '1234', unprivileged, /run_as=1234 needs root, and this is the user 100; leave/],
    ['root for another', 'root', unprivileged, /run_as=root needs root, and this is the user 100/],
    ['root without the right', '1234', without, /cannot become the user 1234 \(.*\); set run_as=root/],
  ] as const) {
    test(`${name}: one line, exit 1`, async (t) => {
      const options = asFirstProcess(t, { ...WITH_APP, before });
      const run = await runWatchdog(t, { fprocess: 'id -u', run_as: value }, options);
      assert.equal(run.code, 1, run.log);
      const errors = run.stderr.split('\n').filter((text) => text.includes('Error: '));
      assert.equal(errors.length, 1, run.log);
      assert.match(errors[0] ?? '', line);
    });
  }
});

/** Groups beside the main one, which may or may not be named. */
function otherGroups(line = ''): string[] {
  return line.split(' ').filter((word) => /^[1-9]/.test(word));
}

/** A port that only root may bind. */
async function freeLowPort(): Promise<number> {
  for (let port = 1023; port > 600; port -= 1) {
    const server = net.createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => resolve(true));
    });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    if (isFree) return port;
  }
  throw new Error('no port below 1024 is free');
}
