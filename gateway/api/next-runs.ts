import type { Deployment } from '../functions/deployment.ts';
import { nextTimes, readSchedule, type Schedule } from '../schedule/schedule.ts';

/** How many of the times to come are told. */
const TIMES_TOLD = 5;

/** The next times of a schedule after `now`, in ISO 8601. */
export function timesToCome(schedule: Schedule, now: Date): string[] {
  return nextTimes(schedule, now, TIMES_TOLD).map((time) => time.toISOString());
}

/** When a function is called next by its schedule; empty where it has none that can be read. */
export function nextRunsOf(deployment: Deployment): string[] {
  try {
    const schedule = readSchedule(deployment);
    return schedule ? timesToCome(schedule, new Date()) : [];
  } catch {
    return []; // it was deployed elsewhere, where nobody checked
  }
}
