import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behaviour } from '../support/command.ts';
import { startServing } from '../support/upstream.ts';
import { startWatchdog, type Variables } from '../support/watchdog.ts';

const BARE = { prefix_logs: 'false' };
const DATE = String.raw`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`;

/** The lengths of the pieces of a long line of x, in order. */
function pieces(text: string): number[] {
  return [...text.matchAll(/x+/g)].map(([piece]) => piece.length);
}

describe('the lines of the function', { concurrency: 3 }, () => {
  test('http mode: stdout to stdout and stderr to stderr, as they are', async (t) => {
    const watchdog = await startServing(t, BARE);
    await watchdog.request({ path: '/log?text=m1' });
    await watchdog.stdout.waitFor(/^to-stdout m1$/m);
    await watchdog.stderr.waitFor(/^to-stderr m1$/m);
    assert.doesNotMatch(watchdog.stdout.text, /to-stderr/);
    assert.doesNotMatch(watchdog.stderr.text, /to-stdout/);
  });

  test('http mode: prefixed with date and stream by default', async (t) => {
    const watchdog = await startServing(t);
    await watchdog.request({ path: '/log?text=m2' });
    await watchdog.stdout.waitFor(new RegExp(`^${DATE} stdout: to-stdout m2$`, 'm'));
    await watchdog.stderr.waitFor(new RegExp(`^${DATE} stderr: to-stderr m2$`, 'm'));
  });

  for (const mode of ['streaming', 'serializing']) {
    test(`${mode} mode: stderr is in the log and no part of the response`, async (t) => {
      const fprocess = 'sh -c "echo out; echo oops >&2; printf unended >&2"';
      const bare = await startWatchdog(t, { mode, fprocess, ...BARE });
      assert.equal((await bare.request()).text, 'out\n');
      await bare.stderr.waitFor(/^oops$/m);
      await bare.stderr.waitFor(/^unended$/m);
      const prefixed = await startWatchdog(t, { mode, fprocess });
      await prefixed.request();
      await prefixed.stderr.waitFor(new RegExp(`^${DATE} stderr: oops$`, 'm'));
      await prefixed.stderr.waitFor(new RegExp(`^${DATE} stderr: unended$`, 'm'));
    });
  }

  test('keep their bytes: colours, tabs, carriage returns, NUL, invalid UTF-8', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('odd-bytes.sh'), ...BARE });
    const chunks: Buffer[] = [];
    watchdog.stderr.onChunk((chunk) => chunks.push(chunk));
    await watchdog.request();
    await watchdog.stderr.waitFor(/end of odd bytes/);
    const wanted = Buffer.from('\x1b[31mred\x1b[0m\ttab\r\n\x00nul \xff\xfe\n', 'latin1');
    assert.ok(Buffer.concat(chunks).includes(wanted));
  });

  test('of several processes at once do not mix within a line', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: behaviour('many-lines.sh'), ...BARE });
    await Promise.all(Array.from({ length: 6 }, () => watchdog.request()));
    await watchdog.stderr.waitFor(/(?:last line[^]*){6}/);
    const own = watchdog.stderr.lines.filter((text) => !new RegExp(`^${DATE}`).test(text));
    for (const text of own) assert.match(text, /^(a{200}|b{200}|last line)$/);
    assert.equal(own.length, 6 * 401);
  });
});

describe('long lines of the function', { concurrency: 3 }, () => {
  const request = (length: number): { path: string } => ({ path: `/longline?length=${length}` });

  async function printed(t: Parameters<typeof startServing>[0], variables: Variables, length: number) {
    const watchdog = await startServing(t, variables);
    await watchdog.request(request(length));
    const after = variables['prefix_logs'] === 'false' ? /^after-long-line\n/m : /stdout: after-long-line\n/;
    await watchdog.stdout.waitFor(after);
    assert.equal((await watchdog.request()).status, 200);
    return watchdog.stdout.text;
  }

  test('are cut into pieces past log_buffer_size, and nothing is lost', async (t) => {
    const lengths = pieces(await printed(t, { ...BARE, log_buffer_size: '1000' }, 2500));
    assert.deepEqual(lengths, [1000, 1000, 500]);
  });

  test('300 kB with the default of 64 KiB', async (t) => {
    const lengths = pieces(await printed(t, BARE, 300_000));
    assert.equal(
      lengths.reduce((sum, length) => sum + length, 0),
      300_000,
    );
    assert.ok(lengths.every((length) => length <= 65_536));
    assert.ok(lengths.length <= 6, 'no more pieces than it takes');
  });

  test('each piece has its prefix', async (t) => {
    const text = await printed(t, { log_buffer_size: '1000' }, 2500);
    assert.equal(text.match(new RegExp(`^${DATE} stdout: x+$`, 'gm'))?.length, 3);
  });

  test('-1 never cuts', async (t) => {
    assert.deepEqual(pieces(await printed(t, { ...BARE, log_buffer_size: '-1' }, 3_000_000)), [3_000_000]);
  });

  test('one as long as the limit is not cut', async (t) => {
    assert.deepEqual(pieces(await printed(t, { ...BARE, log_buffer_size: '1000' }, 1000)), [1000]);
  });
});
