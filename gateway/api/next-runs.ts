import type { Deployment } from '../functions/deployment.ts';
import { nextTimes, readSchedule, type Schedule } from '../schedule/schedule.ts';

/** How many future times are listed. */
const TIMES_TOLD = 5;

/** @returns the next times of a schedule after `now`, in ISO 8601 */
export function timesToCome(schedule: Schedule, now: Date): string[] {
  return nextTimes(schedule, now, TIMES_TOLD).map((time) => time.toISOString());
}

/** @returns the next times of a function's schedule; empty where it has none, or one that cannot be read */
export function nextRunsOf(deployment: Deployment): string[] {
  try {
    const schedule = readSchedule(deployment);
    return schedule ? timesToCome(schedule, new Date()) : [];
  } catch {
    return []; // another gateway has deployed it without a check
  }
}
