import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IDLE } from '../support/command.ts';
import { startUpstream } from '../support/upstream.ts';
import { startWatchdog } from '../support/watchdog.ts';

const DATED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;

describe("today's start-up lines", { concurrency: 3 }, () => {
  test('streaming', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat -u', healthcheck_interval: '5s' });
    await watchdog.stderr.waitFor(/Writing lock-file to: /);
    const lines = watchdog.stderr.lines;
    for (const line of lines) assert.match(line, DATED);
    const bare = lines.map((line) => line.replace(DATED, ''));
    assert.ok(bare.some((line) => /^Version: \S+\tSHA: \S+$/.test(line)));
    assert.ok(bare.includes('Watchdog mode: streaming\tfprocess: "cat -u"'));
    assert.ok(bare.includes('Timeouts: read: 30s write: 30s hard: 30s health: 5s'));
    assert.ok(bare.includes(`Listening on port: ${watchdog.port}`));
    assert.ok(bare.includes(`Metrics listening on port: ${watchdog.metricsPort}`));
    assert.ok(bare.includes(`Writing lock-file to: ${watchdog.lockFile}`));
    assert.equal(watchdog.stdout.text, '');
  });

  test('http mode tells what it forks', async (t) => {
    const { url } = await startUpstream(t);
    const watchdog = await startWatchdog(t, { mode: 'http', fprocess: IDLE, upstream_url: url });
    for (const line of [
      'Forking: sleep, arguments: [3600]',
      'Started logging: stderr from function.',
      'Started logging: stdout from function.',
      `Watchdog mode: http\tfprocess: "${IDLE}"`,
    ]) {
      assert.ok(watchdog.log.includes(`${line}\n`), line);
    }
  });

  test('suppress_lock is warned of', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', suppress_lock: 'true' });
    await watchdog.stderr.waitFor(/Warning: "suppress_lock" is enabled/);
  });

  test('static mode tells the folder', async (t) => {
    const watchdog = await startWatchdog(t, { mode: 'static', static_path: '/tmp' });
    assert.match(watchdog.log, /Serving files at: \/tmp\n/);
  });
});
