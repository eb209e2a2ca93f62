import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { runWatchdog } from '../support/watchdog.ts';

describe('the command line', { concurrency: 3 }, () => {
  for (const flag of ['--version', '-version']) {
    test(`${flag} prints the version and ends with 0, whatever the settings`, async (t) => {
      const run = await runWatchdog(t, { write_timeout: 'nonsense' }, { args: [flag] });
      assert.equal(run.code, 0, run.log);
      assert.match(run.log, /Version: \d+\.\d+\.\d+/);
    });
  }

  for (const flag of ['--help', '-help', '-h']) {
    test(`${flag} names the flags and the settings and ends with 0`, async (t) => {
      const run = await runWatchdog(t, {}, { args: [flag] });
      assert.equal(run.code, 0, run.log);
      for (const word of [
        '--version',
        '--run-healthcheck',
        '--help',
        'fprocess',
        'exec_timeout',
        'log_format',
      ]) {
        assert.ok(run.stdout.includes(word), `${word} in the help`);
      }
    });
  }

  for (const flag of ['--run-healthcheck', '-run-healthcheck']) {
    test(`${flag} looks for the lock-file`, async (t) => {
      const folder = makeFolder(t);
      const without = await runWatchdog(t, { fprocess: 'cat' }, { args: [flag], folder });
      assert.equal(without.code, 1);
      assert.match(without.stderr, /unable to find lock file/);
      writeFileSync(path.join(folder, '.lock'), '');
      const present = await runWatchdog(t, { fprocess: 'cat' }, { args: [flag], folder });
      assert.equal(present.code, 0, present.log);
    });
  }

  test('a flag that there is not ends with an error that names it, and starts nothing', async (t) => {
    const run = await runWatchdog(t, { fprocess: 'cat' }, { args: ['--nope'] });
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, /nope/);
    assert.doesNotMatch(run.log, /Listening/);
    assert.doesNotMatch(run.log, /^\s+at /m, 'no stack trace');
  });
});
