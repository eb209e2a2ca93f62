import { test } from 'node:test';
import { startInproc } from '../support/inproc.ts';
import { FEWER, soak } from '../support/soak.ts';

const QUIET = { log_format: 'json' };

test('inproc mode: requests with and without bodies', async (t) => {
  const watchdog = await startInproc(t, QUIET);
  await soak(
    watchdog,
    (round) =>
      round % 2 === 0
        ? { path: `/${round}` }
        : { method: 'POST', path: '/echo', body: 'b'.repeat(round % 5000) },
    (status) => status === 200,
  );
});

test('inproc mode: requests that end badly', async (t) => {
  const watchdog = await startInproc(t, { ...QUIET, exec_timeout: '10s' });
  const paths = ['/destroy', '/destroy-under-way', '/late', '/throw', '/never-reads'];
  await soak(
    watchdog,
    (round) => {
      const headers = round % 5 === 2 ? { 'x-timeout': '20ms' } : {};
      return { path: paths[round % 5] ?? '', method: 'POST', body: 'b', headers };
    },
    (status, round, _text, aborted) => {
      const way = round % 5;
      if (way === 1) return aborted;
      return status === [500, 0, 504, 500, 200][way];
    },
    FEWER,
  );
});
