import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StartError } from '../../watchdog/errors.ts';
import { watchdogSettingsAsMarkdown, watchdogSettingsAsText } from '../../watchdog/settings/document.ts';
import type { Environment } from '../../common/settings/read.ts';
import { loadMode } from '../../watchdog/modes/modes.ts';
import { readSettings } from '../../watchdog/settings/read.ts';
import { SETTINGS } from '../../watchdog/settings/table.ts';

const read = (environment: Environment) => readSettings({ fprocess: 'cat', ...environment });

test('without any variable but fprocess the defaults hold', () => {
  const settings = read({});
  assert.equal(settings.mode, 'streaming');
  assert.equal(settings.port, 8080);
  assert.equal(settings.metricsPort, 8081);
  assert.equal(settings.readTimeout, 30_000);
  assert.equal(settings.execTimeout, 30_000);
  assert.equal(settings.healthcheckInterval, 30_000);
  assert.equal(settings.prefixLogs, true);
  assert.equal(settings.logBufferSize, 65_536);
  assert.equal(settings.contentType, undefined);
});

test('defaults that depend on another setting', () => {
  assert.equal(read({ mode: 'classic' }).execTimeout, 0);
  assert.equal(read({ write_timeout: '5s' }).healthcheckInterval, 5000);
  assert.equal(read({ log_format: 'json' }).prefixLogs, false);
});

test('the settings are frozen', () => {
  assert.ok(Object.isFrozen(read({})));
});

test('the first of two names wins', () => {
  assert.deepEqual(read({ function_process: 'a', fprocess: 'b' }).functionProcess, ['a']);
  const both = { http_upstream_url: 'http://127.0.0.1:1', upstream_url: 'http://127.0.0.1:2' };
  assert.equal(read(both).upstreamUrl?.origin, 'http://127.0.0.1:1');
});

test('a variable that is set to nothing counts as not set', () => {
  assert.deepEqual(read({ function_process: '' }).functionProcess, ['cat']);
  assert.equal(read({ exec_timeout: '' }).execTimeout, 30_000);
});

test('the command is split as a shell does', () => {
  const words = (fprocess: string) => read({ fprocess }).functionProcess;
  assert.deepEqual(words('node index.js'), ['node', 'index.js']);
  assert.deepEqual(words('  node   index.js '), ['node', 'index.js']);
  assert.deepEqual(words(`sh -c 'echo "a b"'`), ['sh', '-c', 'echo "a b"']);
  assert.deepEqual(words(`say "it's"  a\\ b ''`), ['say', "it's", 'a b', '']);
  assert.deepEqual(words('echo $HOME | cat'), ['echo', '$HOME', '|', 'cat']);
});

const REFUSED: readonly [Environment, RegExp][] = [
  [{ exec_timeout: '10sec' }, /exec_timeout="10sec".*duration/],
  [{ exec_timeout: '-1s' }, /exec_timeout="-1s"/],
  [{ write_timeout: '0' }, /write_timeout="0".*over 0s/],
  [{ suppress_lock: 'yes' }, /suppress_lock="yes".*true or false/],
  [{ port: '70000' }, /port="70000".*65535/],
  [{ port: '80a' }, /port="80a"/],
  [{ max_inflight: '-1' }, /max_inflight="-1"/],
  [{ log_buffer_size: 'big' }, /log_buffer_size="big"/],
  [{ log_buffer_size: '0' }, /log_buffer_size="0"/],
  [{ mode: 'afterburn' }, /mode="afterburn".*streaming, serializing, classic, http, inproc, static/],
  [{ fprocess: `echo 'open` }, /fprocess=.*quotes in pairs/],
  [{ mode: 'http', upstream_url: '127.0.0.1:3000' }, /upstream_url="127.0.0.1:3000".*http:/],
  [{ jwt_auth: 'true' }, /OPENFAAS_NAME/],
];

for (const [environment, message] of REFUSED) {
  test(`refused in one line: ${JSON.stringify(environment)}`, () => {
    assert.throws(
      () => read(environment),
      (thrown: unknown) => {
        assert.ok(thrown instanceof StartError);
        assert.match(thrown.message, message);
        assert.doesNotMatch(thrown.message, /\n/);
        return true;
      },
    );
  });
}

const LACKING: readonly [Environment, RegExp][] = [
  [{ mode: 'http', fprocess: 'cat' }, /upstream_url/],
  [{ mode: 'http', upstream_url: 'http://127.0.0.1:3000' }, /fprocess/],
  [{ mode: 'streaming' }, /fprocess/],
  [{ mode: 'classic', fprocess: 'cat', prefork: '2' }, /prefork=2 needs cgi_headers=false/],
];

for (const [environment, message] of LACKING) {
  test(`refused by its mode in one line: ${JSON.stringify(environment)}`, async () => {
    const settings = readSettings(environment);
    const mode = await loadMode(settings.mode);
    assert.throws(
      () => mode.check(settings),
      (thrown: unknown) => {
        assert.ok(thrown instanceof StartError);
        assert.match(thrown.message, message);
        assert.doesNotMatch(thrown.message, /\n/);
        return true;
      },
    );
  });
}

test('no value of any variable makes anything but settings or a StartError', () => {
  const names = Object.values(SETTINGS).flatMap((row) => [...row.names]);
  const environments = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.string(), fc.constantFrom('1', 'http', '1s')),
  );
  fc.assert(
    fc.property(environments, (environment) => {
      try {
        assert.ok(Object.isFrozen(readSettings(environment)));
      } catch (thrown) {
        assert.ok(thrown instanceof StartError);
      }
    }),
  );
});

test('every name stands in the table of the documentation and in the help, and only once in the settings', () => {
  const names = Object.values(SETTINGS).flatMap((row) => [...row.names]);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) {
    assert.ok(watchdogSettingsAsMarkdown().includes(`\`${name}\``), name);
    assert.match(watchdogSettingsAsText(), new RegExp(`\\b${name}\\b`));
  }
});

test('an upstream is a URL, with or without a path, or a Unix socket', () => {
  const upstream = (upstream_url: string) => read({ mode: 'http', upstream_url }).upstreamUrl;
  assert.deepEqual(upstream('http://127.0.0.1:3000/'), {
    text: 'http://127.0.0.1:3000/',
    origin: 'http://127.0.0.1:3000',
    host: '127.0.0.1',
    port: 3000,
    basePath: '',
  });
  assert.equal(upstream('http://localhost:3000/base/')?.basePath, '/base');
  const secure = upstream('https://[::1]/');
  assert.deepEqual([secure?.host, secure?.port], ['::1', 443]);
  assert.equal(upstream('unix:/run/fn.sock')?.socketPath, '/run/fn.sock');
  assert.equal(upstream('unix:///run/fn.sock')?.socketPath, '/run/fn.sock');
});
