import assert from 'node:assert/strict';
import { cp, rename, rm, symlink } from 'node:fs/promises';
import { test } from 'node:test';
import { Project } from './project.ts';
import type { Running } from './running.ts';
import { until } from '../support/wait.ts';

/** Calls the function hello until it gives this answer. */
async function untilAnswers(running: Running, text: string): Promise<void> {
  await until(async () => (await running.call('hello')) === text || undefined, `the answer ${text}`);
}

test('reload goes on when the folder of the handler goes and comes back, or is replaced', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain' });
  const write = (folder: string, text: string) =>
    project.write(`${folder}/handler.js`, `module.exports = () => '${text}';`);
  await write('hello', 'one');
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'one');
  const reloaded = async (text: string, change: () => Promise<unknown>): Promise<void> => {
    const behind = running.events.length;
    await change();
    await running.next('reloaded', () => true, behind);
    // a save may be seen half written, and is then loaded again
    await untilAnswers(running, text);
  };
  await rename(project.path('hello'), project.path('away'));
  await running.until('note', ({ text }) => text?.includes('hello is away') ?? false);
  assert.equal(await running.call('hello'), 'one');
  await write('away', 'two');
  await reloaded('two', () => rename(project.path('away'), project.path('hello')));
  await reloaded('three', () => write('hello', 'three'));
  // a copy takes its place at once
  await cp(project.path('hello'), project.path('copy'), { recursive: true });
  await write('copy', 'four');
  await reloaded('four', async () => {
    await rename(project.path('hello'), project.path('old'));
    await rename(project.path('copy'), project.path('hello'));
  });
  await reloaded('five', () => write('hello', 'five'));
  await rm(project.path('hello'), { recursive: true });
  await reloaded('six', () => write('hello', 'six'));
  await reloaded('seven', () => write('hello', 'seven'));
});

test('what stands alone is watched on after it was away: an environment_file, a folder behind a link', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain\nenvironment_file: [env]' });
  const handler = 'module.exports = () => `TEXT ${process.env.A}`;';
  const write = (text: string, folder = 'hello') =>
    project.write(`${folder}/handler.js`, handler.replace('TEXT', text));
  await write('one');
  await project.write('env', 'A=1\n');
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'one 1');
  await rm(project.path('env'));
  await running.until('failed', ({ error }) => error?.includes('environment_file env of hello') ?? false);
  await project.write('env', 'A=2\n');
  await untilAnswers(running, 'one 2');
  await project.write('env', 'A=3\n');
  await untilAnswers(running, 'one 3');
  const stack = await project.read('stack.yaml');
  await project.write('settings/env', 'A=3\n');
  await project.write('stack.yaml', stack.replace('[env]', '[settings/env]'));
  await project.write('settings/env', 'A=3 of settings\n');
  await untilAnswers(running, 'one 3 of settings');
  // a copy takes the place of its folder at once
  await cp(project.path('settings'), project.path('copy'), { recursive: true });
  await rename(project.path('settings'), project.path('old'));
  await rename(project.path('copy'), project.path('settings'));
  await project.write('settings/env', 'A=3\n');
  await untilAnswers(running, 'one 3');
  await rename(project.path('hello'), project.path('real'));
  await symlink('real', project.path('hello'));
  await write('two', 'real');
  await untilAnswers(running, 'two 3');
  await write('three', 'real');
  await untilAnswers(running, 'three 3');
  await rm(project.path('hello'));
  await rename(project.path('real'), project.path('hello'));
  await write('four');
  await untilAnswers(running, 'four 3');
});

test('the files that a changed stack.yaml names are watched', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.writeStack({ hello: 'lang: plain\nenvironment_file: [env]' });
  const write = (folder: string, text: string) =>
    project.write(`${folder}/handler.js`, `module.exports = () => \`${text} \${process.env.A}\`;`);
  await write('hello', 'one');
  await project.write('env', 'A=1\n');
  const running = project.start(['run', '--json', '-p', '0']);
  assert.equal(await running.call('hello'), 'one 1');
  await write('moved', 'two');
  await project.write('other', 'A=2\n');
  const stack = await project.read('stack.yaml');
  await project.write('stack.yaml', stack.replace('./hello', './moved').replace('[env]', '[other]'));
  await untilAnswers(running, 'two 2');
  await write('moved', 'three');
  await untilAnswers(running, 'three 2');
  await project.write('other', 'A=3\n');
  await untilAnswers(running, 'three 3');
  await project.write('stack.yaml', 'provider: { name: openfaas }\nfunctions: {}\n');
  await running.until('note', ({ text }) => text === 'hello is not in stack.yaml any more: it runs on');
});
