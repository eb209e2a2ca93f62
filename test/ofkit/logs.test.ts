import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { execa } from 'execa';
import { OFKIT, Project } from './project.ts';
import { until, within } from '../support/wait.ts';

/** `ofkit logs`, behind `ofkit up --detach`. */

const HANDLER = "module.exports = async (request) => (console.log(`wrote ${request.url.slice(1)}`), 'ok');\n";

/** The prefixes of the lines of each function, in colours of their own. */
const [ONE, TWO] = [`\u001B[36mone |\u001B[39m`, `\u001B[33mtwo |\u001B[39m`];

test('logs prints the lines of one function or of all, the last ones, those of a time, and those to come', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain', two: 'lang: plain' });
  for (const name of ['one', 'two']) await project.write(`${name}/handler.js`, HANDLER);
  const up = await project.ofkit(['up', '-d', '--port', '0', '--json']);
  const { gateway } = JSON.parse(up.stdout) as { gateway: string };
  const call = (path: string): Promise<string> =>
    fetch(`${gateway}/function/${path}`).then((answer) => answer.text());
  const follower = execa(process.execPath, [OFKIT, 'logs', '--follow'], {
    cwd: project.folder,
    env: { FORCE_COLOR: '1', NO_COLOR: '' },
    reject: false,
  });
  t.after(() => follower.kill('SIGKILL'));
  let followed = '';
  const both = new Promise<void>((resolve) => {
    follower.stdout.on('data', (chunk: Buffer) => {
      followed += String(chunk);
      if (followed.includes(`${ONE} wrote a\n`) && followed.includes(`${TWO} wrote b\n`)) resolve();
    });
  });
  await call('one/a');
  await call('two/b');
  await within(both, 'both lines');
  follower.kill('SIGINT');
  assert.equal((await follower).exitCode, 0);

  const lines = async (...args: string[]): Promise<string[]> =>
    (await project.ofkit(['logs', ...args])).stdout.split('\n').filter((line) => line.includes('wrote'));
  assert.deepEqual(await lines('one'), ['wrote a']);
  assert.deepEqual(await lines(), ['one | wrote a', 'two | wrote b']);
  assert.deepEqual(await lines('two', 'one'), ['one | wrote a', 'two | wrote b']);
  assert.deepEqual(await lines('one', '--since', '1h'), ['wrote a']);
  assert.deepEqual(await lines('one', '--since', '2999-01-01T00:00:00Z'), []);
  const last = (await project.ofkit(['logs', 'one', '--tail', '1', '--json'])).stdout.trim();
  assert.equal((JSON.parse(last) as { name: string }).name, 'one');
  assert.deepEqual((await project.ofkit(['logs', 'one', 'three'])).status, 3);
  assert.deepEqual((await project.ofkit(['logs', '--since', 'noon'])).status, 2);
});

test('logs --follow takes up a function that is deployed later, and one that is removed and comes back', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ one: 'lang: plain', two: 'lang: plain' });
  for (const name of ['one', 'two']) await project.write(`${name}/handler.js`, HANDLER);
  const up = await project.ofkit(['up', '-d', '--port', '0', '--json', 'one']);
  const { gateway } = JSON.parse(up.stdout) as { gateway: string };
  const follower = execa(process.execPath, [OFKIT, 'logs', '--follow', '--tail', '1'], {
    cwd: project.folder,
    reject: false,
  });
  t.after(() => follower.kill('SIGKILL'));
  let followed = '';
  follower.stdout.on('data', (chunk: Buffer) => (followed += String(chunk)));
  const callUntilFollowed = async (path: string): Promise<void> => {
    const line = `${path.split('/')[0] ?? ''} | wrote ${path.split('/')[1] ?? ''}\n`;
    await until(async () => {
      await (await fetch(`${gateway}/function/${path}`)).text();
      return followed.includes(line);
    }, line);
  };
  await callUntilFollowed('one/a');
  assert.equal((await project.ofkit(['up', '-d', 'two'])).status, 0);
  await callUntilFollowed('two/b');
  const { status } = await fetch(`${gateway}/system/functions`, {
    method: 'DELETE',
    body: JSON.stringify({ functionName: 'two' }),
  });
  assert.equal(status, 202);
  assert.equal((await project.ofkit(['up', '-d', 'two'])).status, 0);
  await callUntilFollowed('two/c');
  follower.kill('SIGINT');
  assert.deepEqual([(await follower).exitCode, (await follower).stderr], [0, '']);
});

test('logs --follow prints the functions of a gateway that does not tell of later ones', async (t) => {
  const project = await Project.create(t);
  const one = { name: 'one', namespace: 'openfaas-fn' };
  const answers: Readonly<Record<string, string>> = {
    '/system/namespaces': '["openfaas-fn"]',
    '/system/functions': JSON.stringify([one]),
    '/system/logs': `${JSON.stringify({ ...one, instance: 'i', timestamp: '2026-01-31T15:04:05Z', text: 'wrote a' })}\n`,
  };
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url.replace(/\?.*/, '')];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, stdout, stderr } = await project.ofkit(['logs', '-f', '-g', `http://127.0.0.1:${port}`]);
  assert.deepEqual([status, stdout, stderr], [0, 'one | wrote a\n', '']);
});
