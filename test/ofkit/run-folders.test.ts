import assert from 'node:assert/strict';
import { cp, rename, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { Project } from './project.ts';
import { until } from '../support/wait.ts';

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
    await until(async () => (await running.call('hello')) === text || undefined, `the answer ${text}`);
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
