import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../support/folder.ts';
import { STEADY, soak } from '../support/soak.ts';
import { startWatchdog } from '../support/watchdog.ts';

test('static mode: files, ranges, and what is not there', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(path.join(folder, 'file.txt'), 'x'.repeat(10_000));
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: folder, ...STEADY });
  const expected = [200, 206, 404, 200];
  await soak(
    watchdog,
    (round) => {
      if (round % 4 === 1) return { path: '/file.txt', headers: { range: 'bytes=5-80' } };
      if (round % 4 === 2) return { path: '/missing.txt' };
      return { path: '/file.txt' };
    },
    (status, round) => status === expected[round % 4],
  );
});
