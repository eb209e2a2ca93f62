import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FaasProvider } from '../support/faas-provider.ts';
import { startBeforeProvider, startGateway, type OfGateway } from '../support/of-gateway.ts';
import { until } from '../support/wait.ts';
import { Project } from './project.ts';
import { Terminal } from './terminal.ts';

/** `ofkit top` and `ofkit ps`: what functions do, in a terminal and elsewhere. */

const CALLED = 7;
/** Shows the cursor and the screen as it was before. */
const GIVEN_BACK = '\u001B[?25h\u001B[?1049l';

/** `busy`, which was called, and others by their number, in front of a provider that measures 12 m and 345 bytes. */
async function functions(
  t: TestContext,
  others: number,
): Promise<{ gateway: OfGateway; provider: FaasProvider }> {
  const { gateway, provider } = await startBeforeProvider(t);
  add(provider, 'busy');
  for (let at = 1; at <= others; at += 1) add(provider, `idle-${at}`);
  for (let at = 0; at < CALLED; at += 1) await gateway.request({ path: '/function/busy' });
  return { gateway, provider };
}

function add(provider: FaasProvider, service: string, namespace = 'openfaas-fn'): void {
  const deployment = { service, namespace, image: 'x' };
  provider.functions.set(`${service}.${namespace}`, { deployment, replicas: 1, available: 1 });
}

/** The names of the rows of a screen: below its head, above its keys. */
function names(lines: readonly string[]): string[] {
  return lines.slice(3, -1).map((line) => line.split(' ')[0] ?? '');
}

test('in a terminal top shows what happens, and keys order, scroll and end it', async (t) => {
  const { gateway, provider } = await functions(t, 9);
  const project = await Project.create(t);
  const args = ['top', '--state-dir', gateway.folder];
  const top = new Terminal(t, args, { cwd: project.folder, rows: 9, columns: 100 });
  await top.see('five rows by name', (lines) => names(lines).join() === 'busy,idle-1,idle-2,idle-3,idle-4');
  await gateway.request({ path: '/function/busy' });
  await top.see('the figures', (lines) =>
    /^busy +ready +1\/1 +8 +0\.\d+ +\S+ms +\S+ms +0% +0 +12m +345B$/.test(lines[3] ?? ''),
  );
  assert.equal(top.lines.length, 9);
  assert.ok(
    top.lines.every((line) => line.length <= 100),
    'no line is wider than the terminal',
  );

  top.press('j');
  await top.see('a row further', (lines) => names(lines)[0] === 'idle-1');
  top.press('\u001B[F'); // End
  await top.see('the last rows', (lines) => names(lines).join() === 'idle-5,idle-6,idle-7,idle-8,idle-9');
  top.press('r');
  await top.see('the order turned', (lines) => names(lines)[0] === 'idle-9');
  for (let at = 0; at < 3; at += 1) top.press('\u001B[C'); // right, to the calls
  await top.see('the busiest first', (lines) => names(lines)[0] === 'busy' && /CALLS▼/.test(lines[2] ?? ''));

  await top.resize(12);
  await top.see('as many rows as there is room for', (lines) => names(lines).length === 8);

  add(provider, 'new');
  await top.see('a function more', (lines) => lines[1]?.startsWith('functions 11 ') ?? false);
  provider.functions.delete('busy.openfaas-fn');
  await top.see('one less', (lines) => !names(lines).includes('busy'));
  top.press('q');
  assert.equal(await top.ended(), 0);
  assert.ok(top.text.endsWith(GIVEN_BACK));
});

test('it says that what it shows is stale while the gateway is gone, and goes on with the next one', async (t) => {
  const gateway = await startGateway(t);
  const { folder } = gateway;
  const project = await Project.create(t);
  const size = { cwd: project.folder, rows: 10, columns: 120 };
  const top = new Terminal(t, ['top', '--state-dir', folder], size);
  await top.see('that it is live', (lines) => lines[0]?.endsWith('live') ?? false);
  gateway.kill('SIGKILL');
  await gateway.exited;
  await top.see('that it is stale', (lines) => /stale for \d+ s, connecting again/.test(lines[0] ?? ''));
  const next = await startGateway(t, {}, { folder });
  await top.see('the next one', ([head = '']) => head.includes(`:${next.port} `) && head.endsWith('live'));
  top.press('\u0003');
  assert.equal(await top.ended(), 0);
});

test('a signal gives the terminal back too', async (t) => {
  const { gateway } = await functions(t, 0);
  const project = await Project.create(t);
  const args = ['top', '--state-dir', gateway.folder];
  const top = new Terminal(t, args, { cwd: project.folder, rows: 10, columns: 80 });
  await top.see('that it is live', (lines) => lines[0]?.endsWith('live') ?? false);
  process.kill(await top.pid, 'SIGTERM');
  await top.ended();
  assert.ok(top.text.endsWith(GIVEN_BACK));
});

test('controls of a terminal in names are spelled out, on a screen and in tables', async (t) => {
  const { gateway, provider } = await functions(t, 0);
  add(provider, 'evil\u001B[2J\u001B]0;title\u0007\u202E');
  const project = await Project.create(t);
  const shown = String.raw`evil\x1b[2J\x1b]0;title\x07\u{202e}`;
  for (const command of ['ps', 'top']) {
    const { stdout, stderr } = await project.ofkit([command, '--state-dir', gateway.folder]);
    assert.ok(stdout.includes(`${shown} `), stdout);
    assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]|\u202E/u);
  }
  const args = ['top', '--state-dir', gateway.folder];
  const top = new Terminal(t, args, { cwd: project.folder, rows: 10, columns: 140 });
  await top.see('the name', (lines) => lines.some((line) => line.startsWith(shown)));
  assert.ok(
    !top.text.includes('\u001B[2J') && !top.text.includes('\u001B]0;') && !top.text.includes('\u202E'),
  );
});

test('where nobody looks, or with --once, it is one table, of a namespace where one is asked for', async (t) => {
  const { gateway, provider } = await functions(t, 1);
  provider.namespaces.set('other', { name: 'other', labels: {}, annotations: {} });
  add(provider, 'far', 'other');
  const project = await Project.create(t);
  const run = async (...args: string[]): Promise<string[]> => {
    const { stdout, status, stderr } = await project.ofkit([...args, '--state-dir', gateway.folder]);
    assert.equal(status, 0, stderr);
    return stdout.trimEnd().split('\n');
  };
  const [head = '', ...rows] = await run('top');
  assert.match(head, /^NAME +STATE +READY +CALLS +CALLS\/S +P50 +P95 +ERRORS +IN-FLIGHT +CPU +MEMORY$/);
  assert.deepEqual(
    rows.map((row) => row.split(' ')[0]),
    ['busy', 'far.other', 'idle-1'],
  );
  assert.deepEqual((await run('top', '-n', 'other')).length, 2);
  const ps = await run('ps', '-n', 'other');
  assert.match(ps[1] ?? '', new RegExp(`^far\\.other +ready +1/1 .* ${gateway.url}/function/far\\.other$`));
  const json = await run('ps', '--json');
  const [busy] = JSON.parse(json.join('\n')) as Record<string, unknown>[];
  assert.deepEqual(
    [busy?.['name'], busy?.['state'], busy?.['calls'], busy?.['ready'], busy?.['errors']],
    ['busy', 'ready', CALLED, 1, 0],
  );
  const size = { cwd: project.folder, rows: 10, columns: 140 };
  const once = new Terminal(t, ['top', '--once', '--state-dir', gateway.folder], size);
  assert.equal(await once.ended(), 0);
  assert.match(once.text, /NAME +STATE.*\r\nbusy +ready /);
  assert.ok(!once.text.includes('\u001B[?1049h'));
});

test('a gateway at an address is asked with the login that faas-cli keeps, and one that is none is an error', async (t) => {
  const gateway = await startGateway(t);
  const project = await Project.create(t);
  const env = { OPENFAAS_CONFIG: project.path('config') };
  const ask = (...args: string[]): ReturnType<typeof project.ofkit> => project.ofkit(['top', ...args], env);
  const refused = await ask('-g', gateway.url);
  assert.deepEqual([refused.status, /faas-cli login/.test(refused.stderr)], [5, true], refused.stderr);
  const token = (gateway.login ?? '').replace('Basic ', '');
  const kept = `auths:\n- gateway: ${gateway.url}\n  auth: basic\n  token: ${token}\n`;
  await project.write('config/config.yml', kept);
  const answered = await ask('--gateway', `${gateway.url}/`);
  assert.deepEqual([answered.status, answered.stdout.startsWith('NAME ')], [0, true], answered.stderr);

  assert.equal((await ask('-g', 'http://127.0.0.1:1')).status, 7);
  assert.equal((await ask('-g', 'localhost:8080')).status, 2);
  assert.equal((await ask('-g', 'http://admin:secret@127.0.0.1:1')).status, 2);
  assert.equal((await ask('-g', gateway.url, '--state-dir', gateway.folder)).status, 2);
  assert.equal((await ask()).status, 3);
});

test('what is no gateway of this kind is told, and so is a gateway that tells of old figures', async (t) => {
  const { gateway, provider } = await functions(t, 0);
  const project = await Project.create(t);
  const ask = (url: string): ReturnType<typeof project.ofkit> => project.ofkit(['top', '-g', url]);
  provider.override = (seen, response) => {
    response.writeHead(200).end(seen.url === '/system/events' ? 'event: snapshot\ndata: {{\n\n' : '[]');
    return true;
  };
  const other = await ask(provider.url);
  assert.deepEqual([other.status, /no stream of events/.test(other.stderr)], [5, true], other.stderr);

  provider.override = (_seen, response) => {
    response.writeHead(503).end('down\u001B[2J');
    return true;
  };
  const told = await until(async () => {
    const { stderr } = await project.ofkit(['top', '--state-dir', gateway.folder]);
    return stderr;
  }, 'that the figures are old');
  assert.match(told, /^stale: /);
  assert.ok(!told.includes('\u001B'), told);
});
