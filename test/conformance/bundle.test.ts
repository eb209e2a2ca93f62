import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { WATCHDOG_COMMAND } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';

const [, bundle = ''] = WATCHDOG_COMMAND;
const isBundle = bundle.endsWith('dist/fwatchdog.js');

test('the bundle is one file that runs by itself', (t) => {
  if (!isBundle) return t.skip('WATCHDOG names another command');
  assert.match(readFileSync(bundle, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  assert.ok((statSync(bundle).mode & 0o111) === 0o111, 'it has its run bits');
  const copy = path.join(makeFolder(t), 'fwatchdog');
  copyFileSync(bundle, copy);
  // in a folder without node_modules and package.json
  const run = spawnSync(copy, ['--version'], { encoding: 'utf8', cwd: path.dirname(copy) });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout + run.stderr, /Version: \d+\.\d+\.\d+\tSHA: \S+/);
  return undefined;
});
