import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTimes, readSchedule } from '../../gateway/schedule/schedule.ts';
import { deployment } from './deployments.ts';

/** Schedules as OpenFaaS's cron-connector reads them (robfig/cron), and what people ask for beyond. */

function times(schedule: string, after: string, count = 3): string[] {
  const read = readSchedule(deployment({ annotations: { topic: 'cron-function', schedule } }));
  assert.ok(read);
  return nextTimes(read, new Date(after), count).map((time) => time.toISOString());
}

const DUE: [schedule: string, after: string, ...times: string[]][] = [
  ['CRON_TZ=UTC * * * * *', '2026-01-01T00:00:30Z', '2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z'],
  ['TZ=UTC 5/20 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:05:00.000Z', '2026-01-01T00:25:00.000Z'],
  // a day of the month and a day of the week together: either
  ['TZ=UTC 0 0 13 * FRI', '2026-02-01T00:00:00Z', '2026-02-06T00:00:00.000Z', '2026-02-13T00:00:00.000Z'],
  ['TZ=UTC 0 0 ? JAN-feb 1', '2026-01-06T00:00:00Z', '2026-01-12T00:00:00.000Z', '2026-01-19T00:00:00.000Z'],
  ['CRON_TZ=UTC @hourly', '2026-01-01T00:10:00Z', '2026-01-01T01:00:00.000Z', '2026-01-01T02:00:00.000Z'],
  ['CRON_TZ=UTC @weekly', '2026-01-01T00:10:00Z', '2026-01-04T00:00:00.000Z', '2026-01-11T00:00:00.000Z'],
  ['@every 90m', '2026-01-01T00:00:00Z', '2026-01-01T01:30:00.000Z', '2026-01-01T03:00:00.000Z'],
  [
    'TZ=UTC 0 1 * * *; TZ=UTC 0 2 * * *',
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00.000Z',
    '2026-01-01T02:00:00.000Z',
  ],
  // two that fall together are one
  [
    'TZ=UTC 0 * * * *;TZ=UTC */30 * * * *',
    '2026-01-01T00:40:00Z',
    '2026-01-01T01:00:00.000Z',
    '2026-01-01T01:30:00.000Z',
  ],
  // the clock goes forward over 02:30: once, when the hour begins again
  [
    'CRON_TZ=Europe/Berlin 30 2 * * *',
    '2026-03-28T12:00:00Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ],
  // and back over it: once
  [
    'CRON_TZ=Europe/Berlin 30 2 * * *',
    '2026-10-24T12:00:00Z',
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ],
  [
    'CRON_TZ=Europe/Berlin 0 9 * * *',
    '2026-03-28T12:00:00Z',
    '2026-03-29T07:00:00.000Z',
    '2026-03-30T07:00:00.000Z',
  ],
];

for (const [schedule, after, ...expected] of DUE) {
  test(`${schedule} after ${after}`, () => {
    assert.deepEqual(times(schedule, after, expected.length), expected);
  });
}

const REFUSED: [schedule: string, reason: RegExp][] = [
  ['', /missing/],
  ['* * * *', /4 fields: expected 5/],
  ['* * * * * *', /6 fields: expected 5/],
  ['61 * * * *', /61/],
  ['* * * * 7', /Sunday is 0/],
  ['0 0 L * *', /"L" is not a valid day of the month/],
  ['0 0 15W * *', /"15W" is not a valid day of the month/],
  ['0 0 * * FRI#2', /"FRI#2" is not a valid day of the week/],
  ['@fortnightly', /@fortnightly.*not known/],
  ['@every', /@every and a duration/],
  ['@every 500ms', /1s or more/],
  ['CRON_TZ=Mars/Olympus 0 0 * * *', /"Mars\/Olympus" is not a time zone/],
  ['0 0 * * *; nonsense', /1 fields/],
];

for (const [schedule, reason] of REFUSED) {
  test(`${JSON.stringify(schedule)} is refused with its reason`, () => {
    const faulty = deployment({ annotations: { topic: 'cron-function', schedule } });
    assert.throws(() => readSchedule(faulty), { code: 'DEPLOYMENT_INVALID', message: reason });
  });
}

test('a day that never comes is never due', () => {
  assert.deepEqual(times('TZ=UTC 0 0 30 2 *', '2026-01-01T00:00:00Z'), []);
});

test('another topic, or none, is no schedule', () => {
  assert.equal(
    readSchedule(deployment({ annotations: { topic: 'payments', schedule: 'nonsense' } })),
    undefined,
  );
  assert.equal(readSchedule(deployment({ annotations: { schedule: '* * * * *' } })), undefined);
});

test('the topic may stand among others', () => {
  const several = deployment({ annotations: { topic: 'a, cron-function', schedule: '@daily' } });
  assert.equal(readSchedule(several)?.expressions.length, 1);
});
