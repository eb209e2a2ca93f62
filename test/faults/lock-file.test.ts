import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { runWatchdog, startWatchdog, type Run } from '../support/watchdog.ts';

/** Mounts a file system of its own on a new folder. */
function mount(t: TestContext, options: string): string | undefined {
  const folder = path.join(makeFolder(t), 'mounted');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    t.skip(`cannot mount a file system here: ${(error as Error).message.trim()}`);
    return undefined;
  }
  return folder;
}

function assertRefused(run: Run, folder: string, why: RegExp): void {
  assert.equal(run.code, 1, run.log);
  const last = run.stderr.trimEnd().split('\n').at(-1) ?? '';
  assert.ok(last.includes(path.join(folder, '.lock')), last);
  assert.match(last, why);
  assert.match(last, /suppress_lock/);
}

for (const [name, options, why] of [
  ['full', 'nr_inodes=1', /no space|ENOSPC/i],
  ['read-only', 'ro', /read-only|EROFS/i],
] as const) {
  test(`a lock-file on a ${name} disk: the start fails with one line, unless it is suppressed`, async (t) => {
    const folder = mount(t, options);
    if (folder === undefined) return;
    try {
      assertRefused(await runWatchdog(t, { fprocess: 'cat', TMPDIR: folder }), folder, why);
      const upstream = { mode: 'http', fprocess: 'sleep 600', upstream_url: 'http://127.0.0.1:1' };
      assertRefused(await runWatchdog(t, { ...upstream, TMPDIR: folder }), folder, why);
      const variables = { fprocess: 'cat', TMPDIR: folder, suppress_lock: 'true' };
      const watchdog = await startWatchdog(t, variables);
      assert.equal((await watchdog.request({ method: 'POST', body: 'x' })).text, 'x');
      watchdog.kill('SIGKILL');
      await watchdog.waitExit();
    } finally {
      execFileSync('umount', [folder]);
    }
  });
}
