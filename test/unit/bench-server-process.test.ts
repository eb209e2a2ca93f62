import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ServerProcess, subjectOf } from '../../scripts/bench/server-process.ts';
import { fixture } from '../support/command.ts';
import { makeFolder } from '../support/folder.ts';
import { isAlive } from '../support/process-table.ts';
import { until } from '../support/wait.ts';

test('what a server of the bench has started is ended after it, though it ends by itself', async (t) => {
  const TMPDIR = makeFolder(t);
  const words = ['sh', fixture('start-below.sh')];
  const server = new ServerProcess(await subjectOf('a server', words, 'port', { environment: { TMPDIR } }));
  t.after(() => server.end());
  const file = path.join(TMPDIR, 'below');
  const below = await until(() => Number(readFileSync(file, { encoding: 'utf8', flag: 'a+' })), 'its child');
  t.after(() => isAlive(below) && process.kill(below));
  const { resident, ownResident } = server.readUsage();
  assert.ok(resident > ownResident);
  writeFileSync(path.join(TMPDIR, 'go'), '');
  await server.untilEnd();
  assert.ok(isAlive(below));
  await server.end();
  await until(() => !isAlive(below), 'its child to end');
});
