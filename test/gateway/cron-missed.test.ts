import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { firstTime, isCalled } from '../../gateway/schedule/due-times.ts';
import { readSchedule, type Schedule } from '../../gateway/schedule/schedule.ts';
import { deploy, makeServerImage, statusOf } from '../support/local-image.ts';
import { startGateway } from '../support/of-gateway.ts';
import { makeStateFolder } from '../support/state-folder.ts';
import { until } from '../support/wait.ts';
import { deployment } from './deployments.ts';

/** Times of a schedule that went by while the gateway was down, or its machine asleep. */

const TEXT = 'TZ=UTC 0 * * * *';

function schedule(): Schedule {
  const read = readSchedule(deployment({ annotations: { topic: 'cron-function', schedule: TEXT } }));
  assert.ok(read);
  return read;
}

const NOW = new Date('2026-03-01T12:30:00Z');
const BEFORE = { schedule: TEXT, until: Date.parse('2026-03-01T09:30:00Z') };

test('a start begins with the next time, or with the first that was missed where those are made up for', () => {
  const first = (...[missed, kept]: [missed: 'skip' | 'run', kept?: typeof BEFORE]): string | undefined =>
    firstTime(schedule(), TEXT, missed, kept, NOW)?.toISOString();
  assert.equal(first('skip', BEFORE), '2026-03-01T13:00:00.000Z');
  assert.equal(first('run', BEFORE), '2026-03-01T10:00:00.000Z');
  assert.equal(first('run'), '2026-03-01T13:00:00.000Z', 'nothing is known of before');
  const other = { ...BEFORE, schedule: '0 * * * *' };
  assert.equal(first('run', other), '2026-03-01T13:00:00.000Z', 'another schedule was kept');
  const later = { ...BEFORE, until: NOW.getTime() + 3_600_000 };
  assert.equal(first('run', later), '2026-03-01T13:00:00.000Z', 'the clock was set back');
});

const CALLED: [what: string, missed: 'skip' | 'run', next: string, now: string, expected: boolean][] = [
  ['not due yet', 'run', '12:00:00', '11:59:59', false],
  ['due', 'skip', '12:00:00', '12:00:00', true],
  ['due a moment ago', 'skip', '12:00:00', '12:00:59', true],
  ['missed', 'skip', '12:00:00', '12:02:00', false],
  ['missed, and made up for', 'run', '12:00:00', '12:02:00', true],
  ['several missed, and the last of them a moment ago', 'skip', '09:00:00', '12:00:30', true],
  ['several missed, and the last of them long ago', 'skip', '09:00:00', '12:30:00', false],
];

for (const [what, missed, next, now, expected] of CALLED) {
  test(`${what} (${missed}): ${expected ? 'a call' : 'no call'}`, () => {
    const at = (time: string): Date => new Date(`2026-03-01T${time}Z`);
    assert.equal(isCalled(schedule(), missed, at(next), at(now)), expected);
  });
}

test('after a start a missed time is made up for once, where that is asked for', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const first = await startGateway(t, {}, { folder });
  const annotations = { topic: 'cron-function', schedule: '0 0 1 1 *' };
  const run = { ...annotations, 'dev.of-gateway.cron.missed': 'run' };
  await deploy(first, { service: 'run', annotations: run });
  await deploy(first, { service: 'skip', annotations });
  const file = path.join(folder, 'schedules.json');
  type State = Record<string, { schedule: string; until: number }>;
  const read = (): State => JSON.parse(readFileSync(file, 'utf8')) as State;
  const listed = async (): Promise<unknown[]> =>
    JSON.parse((await first.api('GET', '/system/schedules')).text) as unknown[];
  await until(async () => (await listed()).length === 2, 'both to be taken up');
  const kept = await until(() => {
    try {
      return read()['run.openfaas-fn'];
    } catch {
      return undefined;
    }
  }, 'the file');
  first.kill('SIGKILL');
  await first.exited;
  const twoYearsAgo = Date.now() - 2 * 366 * 86_400_000;
  writeFileSync(file, JSON.stringify({ 'run.openfaas-fn': { ...kept, until: twoYearsAgo } }));
  const second = await startGateway(t, {}, { folder });
  await second.logLine('run', /POST \/ /);
  assert.ok((read()['run.openfaas-fn']?.until ?? 0) > twoYearsAgo, 'it is not made up for again');
  assert.doesNotMatch((await second.api('GET', '/system/logs?name=skip')).text, /POST/);
});

test('an option that cannot be read is told of in the status', async (t) => {
  const folder = makeStateFolder();
  makeServerImage(folder);
  const gateway = await startGateway(t, {}, { folder });
  const annotations = { topic: 'cron-function', schedule: '@daily', 'dev.of-gateway.cron.missed': 'perhaps' };
  await deploy(gateway, { service: 'fn', annotations });
  assert.match(
    (await statusOf(gateway, 'fn')).notes?.join('\n') ?? '',
    /dev\.of-gateway\.cron\.missed="perhaps" has no effect: expected skip or run/,
  );
});
