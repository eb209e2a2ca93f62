import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { fixture } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';

/** Runs a file of tests as the gate does. @returns whether it passed, and the tests that are named as flaky */
async function run(t: TestContext, file: string, variables: Readonly<Record<string, string>> = {}) {
  const folder = makeFolder(t);
  const FLAKES_FILE = path.join(folder, 'flakes');
  const { exitCode, stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', 'scripts/test.ts', fixture(`flaky/${file}`)],
    {
      env: { MARKER: path.join(folder, 'marker'), FLAKES_FILE, NODE_TEST_CONTEXT: undefined, ...variables },
      reject: false,
    },
  );
  const flaky = exitCode === 0 ? readFileSync(FLAKES_FILE, 'utf8').trim() : '';
  return { exitCode, stdout, flaky };
}

test('a test that a helper declares is run once more by the file that uses it, and named', async (t) => {
  const { exitCode, stdout, flaky } = await run(t, 'uses-helper.mjs');
  assert.equal(exitCode, 0, stdout);
  assert.match(flaky, /declared by a helper$/);
});

test('a test that fails twice has failed, beside one that fails once', async (t) => {
  const { exitCode, stdout } = await run(t, 'by-itself.mjs', { BROKEN: '1' });
  assert.equal(exitCode, 1);
  assert.match(stdout, /failed \(2 tries\): .*: is broken$/m);
  assert.match(stdout, /flaky \(2 tries\): .*: fails once$/m);
});
