import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { until } from '../support/wait.ts';

/** Looks at something for longer than two polls are apart, without letting anything else run. */
function lookLong(): void {
  const began = performance.now();
  while (performance.now() - began < 20);
}

test('events arrive between polls that take longer than the pause between them', async (t) => {
  const child = spawn('sleep', ['0.1']);
  t.after(() => child.kill('SIGKILL'));
  const hasEnded = (): boolean => {
    lookLong();
    return child.exitCode !== null;
  };
  await Promise.all([until(hasEnded, 'its end', 5000), until(hasEnded, 'its end', 5000)]);
});
