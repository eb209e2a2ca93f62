import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { WATCHDOG_COMMAND } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';
import { startWatchdog } from '../support/watchdog.ts';

const isBundle = WATCHDOG_COMMAND[1]?.endsWith('dist/fwatchdog.js') === true;
const SLOWER = /Processes are started with child_process, which is slower: (.*)/;

function mappedAddons(pid: number): string[] {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  return [...new Set([...maps.matchAll(/\S*fwatchdog\S*(?: \(deleted\))?$/gm)].map(([name]) => name))];
}

describe('the native addon', { concurrency: 2 }, () => {
  test('is run from a file that has no name any more', async (t) => {
    const watchdog = await startWatchdog(t, { fprocess: 'cat', native_fork: 'true' });
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    const mapped = mappedAddons(watchdog.pid);
    assert.equal(mapped.length, 1, mapped.join('\n'));
    assert.match(mapped[0] ?? '', new RegExp(`^${watchdog.folder}/.* \\(deleted\\)$`));
    assert.deepEqual(readdirSync(watchdog.folder), ['.lock']);
    assert.doesNotMatch(watchdog.log, SLOWER);
  });

  test('goes by no name in a folder that others can write to', async (t) => {
    if (spawnSync('strace', ['-V']).error) return t.skip('strace is not installed');
    const trace = path.join(makeFolder(t), 'trace');
    const command = ['strace', '-f', '-o', trace, '-e', 'trace=%file', ...WATCHDOG_COMMAND];
    const watchdog = await startWatchdog(t, { fprocess: 'cat', native_fork: 'true' }, { command });
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    const lines = readFileSync(trace, 'utf8').split('\n');
    const named = lines.filter((line) => line.includes(`${watchdog.folder}/.fwatchdog-`));
    assert.equal(named.length, 2, named.join('\n'));
    assert.match(named[0] ?? '', /O_RDWR\|O_CREAT\|O_EXCL.*O_NOFOLLOW.*, 0600\) = \d+/);
    assert.match(named[1] ?? '', /unlink/);
    return undefined;
  });

  test('beside the script goes before the one within it', async (t) => {
    if (!isBundle) return t.skip('WATCHDOG names another command');
    const folder = makeFolder(t);
    copyFileSync('dist/fwatchdog.js', path.join(folder, 'fwatchdog'));
    copyFileSync(
      `watchdog/process/native/${process.platform}-${process.arch}.node`,
      path.join(folder, 'fwatchdog.node'),
    );
    const watchdog = await startWatchdog(
      t,
      { fprocess: 'cat', native_fork: 'true' },
      { command: [process.execPath, path.join(folder, 'fwatchdog')] },
    );
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    assert.deepEqual(mappedAddons(watchdog.pid), [path.join(folder, 'fwatchdog.node')]);
    return undefined;
  });

  test('beside the script leaves nothing else to be written in http mode, and the output can be opened by name', async (t) => {
    if (!isBundle) return t.skip('WATCHDOG names another command');
    if (spawnSync('strace', ['-V']).error) return t.skip('strace is not installed');
    const folder = makeFolder(t);
    const [script, addon, trace] = ['fwatchdog', 'fwatchdog.node', 'trace'].map((name) =>
      path.join(folder, name),
    );
    copyFileSync('dist/fwatchdog.js', script ?? '');
    copyFileSync(`watchdog/process/native/${process.platform}-${process.arch}.node`, addon ?? '');
    const command = ['strace', '-f', '-o', trace ?? '', '-e', 'trace=%file', process.execPath, script ?? ''];
    const variables = {
      mode: 'http',
      fprocess: `sh -c 'echo by name > /dev/stdout; echo by name > /dev/stderr; exec sleep 60'`,
      upstream_url: 'http://127.0.0.1:9',
      native_fork: 'true',
    };
    const watchdog = await startWatchdog(t, variables, { command });
    await watchdog.stdout.waitFor(/stdout: by name/);
    await watchdog.stderr.waitFor(/stderr: by name/);
    const made = readFileSync(trace ?? '', 'utf8')
      .split('\n')
      .filter((line) => /O_CREAT|mkdir|mknod/.test(line));
    const [lockFile = '', ...others] = made.filter((line) => !line.includes('/dev/std'));
    assert.ok(lockFile.includes(watchdog.lockFile), lockFile);
    assert.deepEqual(others, []);
    return undefined;
  });

  test('that cannot be loaded beside the script is passed over', async (t) => {
    if (!isBundle) return t.skip('WATCHDOG names another command');
    const folder = makeFolder(t);
    copyFileSync('dist/fwatchdog.js', path.join(folder, 'fwatchdog'));
    writeFileSync(path.join(folder, 'fwatchdog.node'), 'no addon');
    const watchdog = await startWatchdog(
      t,
      { fprocess: 'cat', native_fork: 'true' },
      { command: [process.execPath, path.join(folder, 'fwatchdog')] },
    );
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    assert.match(mappedAddons(watchdog.pid).join(), /\(deleted\)$/);
    return undefined;
  });

  test('is done without where nothing may be run from any folder, and one line says so', async (t) => {
    const folders = ['/tmp', '/var/tmp', '/dev/shm', '/run'];
    const script = '/mnt/fwatchdog.js';
    const mounts = [
      'mount -t tmpfs tmpfs /mnt',
      `cp ${WATCHDOG_COMMAND[1]} ${script}`,
      ...folders.map((name) => `mount -t tmpfs -o noexec tmpfs ${name}`),
    ].join(' && ');
    if (!isBundle) return t.skip('WATCHDOG names another command');
    const trial = spawnSync('unshare', ['-m', 'sh', '-c', mounts], { encoding: 'utf8' });
    if (trial.status !== 0) return t.skip(`cannot mount here: ${trial.stderr}`);
    const start = `${mounts} && mkdir -p "$TMPDIR" && exec ${process.execPath} ${script}`;
    const command = ['unshare', '-m', 'sh', '-c', start];
    const watchdog = await startWatchdog(t, { fprocess: 'cat', native_fork: 'true' }, { command });
    const [, why] = await watchdog.stderr.waitFor(SLOWER);
    assert.match(why ?? '', /cannot be loaded/);
    assert.equal((await watchdog.request({ method: 'POST', body: 'b' })).text, 'b');
    return undefined;
  });
});
