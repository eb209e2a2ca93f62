import type { Deployment } from '../functions/deployment.ts';
import { nextTimes, readSchedule, type Schedule } from '../schedule/schedule.ts';

/** How many future times are listed. */
const TIMES_TOLD = 5;

/** The next times of a schedule after `now`, in ISO 8601. */
export function timesToCome(schedule: Schedule, now: Date): string[] {
  return nextTimes(schedule, now, TIMES_TOLD).map((time) => time.toISOString());
}

/** Lists the next calls of a function by its schedule; empty where it has none that can be read. */
export function nextRunsOf(deployment: Deployment): string[] {
  try {
    const schedule = readSchedule(deployment);
    return schedule ? timesToCome(schedule, new Date()) : [];
  } catch {
    return []; // it was deployed by another gateway, which did not check it
  }
}
