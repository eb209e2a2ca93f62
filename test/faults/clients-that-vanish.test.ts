import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';
import { startInproc } from '../support/inproc.ts';
import { assertNothingLeaked, holdingsOf } from '../support/leaks.ts';
import type { Owner } from '../support/owner.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { startForwarding } from '../support/upstream.ts';
import { until } from '../support/wait.ts';
import { startWatchdog, type Variables, type Watchdog } from '../support/watchdog.ts';

const MODES = ['streaming', 'serializing', 'classic', 'http', 'inproc'] as const;
type Mode = (typeof MODES)[number];
const CLIENTS = 12;

/** The bytes that a client sends before it goes, and the event that it waits for. */
interface Stage {
  readonly says: string;
  readonly waitsFor: 'the request to be there' | 'the first byte';
  readonly path: string;
}

const HEAD = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n`;
const STAGES: Readonly<Record<string, Stage>> = {
  'before its body': { path: '/hang', says: HEAD('/hang'), waitsFor: 'the request to be there' },
  'in the middle of its body': {
    path: '/hang',
    says: `${HEAD('/hang')}abc`,
    waitsFor: 'the request to be there',
  },
  'in the middle of a chunk': {
    path: '/hang',
    says: 'POST /hang HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
    waitsFor: 'the request to be there',
  },
  'before the first byte': {
    path: '/hang',
    says: `${HEAD('/hang')}0123456789`,
    waitsFor: 'the request to be there',
  },
  'in the middle of the response': {
    path: '/partial',
    says: `${HEAD('/partial')}0123456789`,
    waitsFor: 'the first byte',
  },
};

function startMode(owner: Owner, mode: Mode, variables: Variables = {}): Promise<Watchdog> {
  if (mode === 'inproc') return startInproc(owner, variables);
  if (mode !== 'http') {
    return startWatchdog(owner, { mode, fprocess: behaviour('hang-or-begin.sh'), ...variables });
  }
  return startForwarding(
    owner,
    (request, response) => {
      request.on('error', () => undefined);
      if (request.url === '/partial') response.write('begin');
      else if (request.url !== '/hang') response.end('ok');
    },
    variables,
  ).then(({ watchdog }) => watchdog);
}

async function arrive(watchdog: Watchdog, stage: Stage): Promise<RawConnection[]> {
  const connections = await Promise.all(Array.from({ length: CLIENTS }, () => watchdog.connect()));
  for (const connection of connections) await connection.flush(stage.says);
  const inFlight = new RegExp(`^http_requests_in_flight ${CLIENTS}$`, 'm');
  await until(async () => inFlight.test(await watchdog.metrics()), 'all requests in flight');
  if (stage.waitsFor === 'the first byte') {
    for (const connection of connections) await connection.waitFor(/begin/);
  }
  return connections;
}

for (const mode of MODES) {
  describe(`clients that vanish in ${mode} mode`, { concurrency: 5 }, () => {
    for (const [when, stage] of Object.entries(STAGES)) {
      const isBuffered = mode === 'serializing' || mode === 'classic';
      if (isBuffered && stage.waitsFor === 'the first byte') continue; // the first byte comes only with the last
      for (const way of ['destroy', 'reset'] as const) {
        test(`${when} (${way}): logged as that, and nothing is left`, async (t) => {
          const watchdog = await startMode(t, mode);
          await watchdog.request({ path: '/ok' });
          const before = holdingsOf(watchdog);
          for (const connection of await arrive(watchdog, stage)) connection[way]();
          await assertNothingLeaked(watchdog, before);
          const accessLines = (): string[] =>
            watchdog.stderr.lines.filter((line) => line.includes(`POST ${stage.path} - `));
          await until(() => accessLines().length >= CLIENTS, 'a line for each');
          const lines = accessLines();
          assert.equal(lines.length, CLIENTS);
          for (const line of lines) assert.match(line, / - 499 /);
          assert.match(watchdog.log, /client went away/);
          assert.equal((await watchdog.request({ path: '/ok' })).status, 200);
        });
      }
    }
  });
}

test('clients that connect and say nothing leave nothing', async (t) => {
  const watchdog = await startWatchdog(t, { fprocess: 'cat' });
  await watchdog.request();
  const before = holdingsOf(watchdog);
  const connections = await Promise.all(Array.from({ length: 50 }, () => watchdog.connect()));
  for (const [index, connection] of connections.entries()) {
    if (index % 2 === 0) connection.reset();
    else connection.destroy();
  }
  await assertNothingLeaked(watchdog, before);
});

test('clients that vanish in the middle of a large file leave nothing', async (t) => {
  const folder = makeFolder(t);
  truncateSync(writeEmpty(path.join(folder, 'large')), 1 << 30);
  const watchdog = await startWatchdog(t, { mode: 'static', static_path: folder });
  await watchdog.request({ path: '/missing' });
  const before = holdingsOf(watchdog);
  for (const way of ['destroy', 'reset'] as const) {
    const connections = await Promise.all(Array.from({ length: CLIENTS }, () => watchdog.connect()));
    for (const connection of connections) {
      connection.send('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.waitFor(/200 OK/);
      connection[way]();
    }
    await assertNothingLeaked(watchdog, before);
  }
  await watchdog.stderr.waitFor(/GET \/large - 499/);
});

function writeEmpty(file: string): string {
  writeFileSync(file, '');
  return file;
}
