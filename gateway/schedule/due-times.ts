import type { Kept } from '../state/schedule-store.ts';
import type { Missed } from './cron-options.ts';
import { nextTime, type Schedule } from './schedule.ts';

/** A time that passed longer ago counts as missed, as the gateway was down or its machine asleep. In milliseconds. */
const MISSED_AFTER_MS = 60_000;

/**
 * @param text the annotation of the schedule; `kept` counts only if it is of the same text
 * @param kept until when the schedule was served before
 * @returns the first time of a schedule that was just read. It may have passed, if missed times are made up for.
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

/** Whether a function is called now, as its time `next` has come: once, however many times have passed since. */
export function isCalled(schedule: Schedule, missed: Missed, next: Date, now: Date): boolean {
  if (next > now) return false;
  if (missed === 'run' || now.getTime() - next.getTime() <= MISSED_AFTER_MS) return true;
  const recent = nextTime(schedule, new Date(now.getTime() - MISSED_AFTER_MS));
  return recent !== undefined && recent <= now;
}
