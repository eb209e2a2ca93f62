import type { Kept } from '../state/schedule-store.ts';
import type { Missed } from './cron-options.ts';
import { nextTime, type Schedule } from './schedule.ts';

/** A time that went by longer ago than this was missed: the gateway was down, or its machine asleep. */
const MISSED_AFTER_MS = 60_000;

/**
 * The first time that is kept once a schedule is taken up: one that went by, where such are made up for.
 * @param text the schedule as it is written: what was kept of another one says nothing
 */
export function firstTime(
  schedule: Schedule,
  text: string,
  missed: Missed,
  kept: Kept | undefined,
  now: Date,
): Date | undefined {
  const isMadeUpFor = missed === 'run' && kept?.schedule === text && kept.until < now.getTime();
  return nextTime(schedule, isMadeUpFor ? new Date(kept.until) : now);
}

/** Whether the function is called now, as `next` is due or has gone by: once, however many times went by with it. */
export function isCalled(schedule: Schedule, missed: Missed, next: Date, now: Date): boolean {
  if (next > now) return false;
  if (missed === 'run' || now.getTime() - next.getTime() <= MISSED_AFTER_MS) return true;
  const recent = nextTime(schedule, new Date(now.getTime() - MISSED_AFTER_MS));
  return recent !== undefined && recent <= now;
}
