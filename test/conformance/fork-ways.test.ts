import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { request as send } from '../support/request.ts';
import { startWatchdog } from '../support/watchdog.ts';

/** Both ways to start a process must behave alike. */
const WAYS = ['true', 'false'];

/** A folder with programs that start in different ways, or cannot. */
function programs(t: TestContext): string {
  const folder = makeFolder(t);
  const write = (name: string, text: string, mode: number): void => {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), mode);
  };
  write('without-interpreter', 'echo "shell: $0 $1"\n', 0o755);
  write('not-executable', '#!/bin/sh\necho ran\n', 0o644);
  write('without-its-interpreter', '#!/does/not/exist\n', 0o755);
  mkdirSync(path.join(folder, 'first', 'program'), { recursive: true });
  mkdirSync(path.join(folder, 'second'));
  write('second/program', '#!/bin/sh\necho second\n', 0o755);
  return folder;
}

for (const native of WAYS) {
  describe(`processes started with native_fork=${native}`, { concurrency: 3 }, () => {
    test('a text without an interpreter is run by the shell', async (t) => {
      const file = path.join(programs(t), 'without-interpreter');
      const watchdog = await startWatchdog(t, { fprocess: `${file} word`, native_fork: native });
      const answer = await watchdog.request();
      assert.deepEqual([answer.status, answer.text], [200, `shell: ${file} word\n`]);
    });

    for (const [name, why] of [
      ['missing', 'no such file'],
      ['not-executable', 'EACCES'],
      ['without-its-interpreter', 'no such file'],
      ['first', 'EACCES'],
      ['second/program/below', 'ENOTDIR'],
    ] as const) {
      test(`${name}: 500 with the reason, and nothing of it is left`, async (t) => {
        const file = path.join(programs(t), name);
        for (const mode of ['streaming', 'serializing', 'classic']) {
          // with combined output the child_process way has a shell in between, which reports it in its own
          // words
          const variables = { mode, fprocess: file, native_fork: native, combine_output: 'false' };
          const watchdog = await startWatchdog(t, variables);
          const answer = await watchdog.request({ method: 'POST', body: 'body' });
          const text = `cannot start ${JSON.stringify(file)}: ${why} (see fprocess)\n`;
          assert.deepEqual([answer.status, answer.text], [500, text]);
        }
      });
    }

    test('a name is looked for in PATH, past a folder of that name', async (t) => {
      const folder = programs(t);
      const search = ['/does/not/exist', path.join(folder, 'first'), path.join(folder, 'second'), '/bin'];
      const PATH = [process.env['PATH'], ...search].join(':');
      const watchdog = await startWatchdog(t, { fprocess: 'program', PATH, native_fork: native });
      assert.equal((await watchdog.request()).text, 'second\n');
    });

    test('stdout and stderr keep their order where they are combined', async (t) => {
      const fprocess = `sh -c 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done'`;
      const watchdog = await startWatchdog(t, { mode: 'classic', fprocess, native_fork: native });
      const lines = [1, 2, 3, 4, 5].map((round) => `out ${round}\nerr ${round}\n`).join('');
      for (let round = 0; round < 5; round += 1) assert.equal((await watchdog.request()).text, lines);
    });

    test('a process has the signals of a fresh one', async (t) => {
      const fprocess = `sh -c "grep -E '^Sig(Blk|Ign):' /proc/self/status"`;
      const watchdog = await startWatchdog(t, { fprocess, native_fork: native });
      assert.equal((await watchdog.request()).text, 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
    });

    test('a process has no files of other processes', async (t) => {
      const watchdog = await startWatchdog(t, { fprocess: 'ls /proc/self/fd', native_fork: native });
      const alone = await watchdog.request();
      assert.match(alone.text, /^0\n1\n2\n/);
      const together = await Promise.all(Array.from({ length: 16 }, () => watchdog.request()));
      for (const { text } of together) assert.equal(text, alone.text);
    });

    test('a body of many megabytes goes both ways, whole, at whatever pace', async (t) => {
      const watchdog = await startWatchdog(t, { fprocess: 'cat', native_fork: native });
      const body = Buffer.alloc(24 << 20, 'sixteen bytes ..');
      const answer = await send(watchdog.port, { method: 'POST', body, deadlineMs: 20_000 });
      assert.equal(answer.status, 200, answer.error);
      assert.ok(answer.body.equals(body));
    });
  });
}

test('stdout and stderr can be opened by name', async (t) => {
  const fprocess = `sh -c 'echo to-stderr > /dev/stderr; echo to-stdout > /dev/stdout; cat /dev/stdin'`;
  for (const mode of ['streaming', 'serializing']) {
    const watchdog = await startWatchdog(t, { mode, fprocess, native_fork: 'true' });
    const answer = await watchdog.request({ method: 'POST', body: 'body' });
    assert.deepEqual([answer.status, answer.text], [200, 'to-stdout\nbody']);
    await watchdog.stderr.waitFor(/to-stderr/);
  }
});
