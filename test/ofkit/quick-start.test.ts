import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execa } from 'execa';
import { ROOT } from './project.ts';

test('the quick start, in both languages, says what its commands print', { timeout: 230_000 }, async () => {
  const args = ['--import', 'tsx', 'scripts/quick-start.ts', '--check'];
  const { exitCode, all } = await execa(process.execPath, args, { cwd: ROOT, reject: false, all: true });
  assert.equal(exitCode, 0, all);
});
