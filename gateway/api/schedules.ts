import { json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf } from './names.ts';
import { timesToCome } from './next-runs.ts';

/** `GET /system/schedules`: the functions with a schedule, and their next times. */
export function listSchedules(_call: Call, { scheduler }: ApiContext): Answer {
  const now = new Date();
  return json(
    scheduler.list().map(({ name, text, schedule, last }) => ({
      function: name.name,
      namespace: name.namespace,
      schedule: text,
      next: timesToCome(schedule, now),
      ...(last && { lastRun: last.at.toISOString() }),
      ...(last?.status !== undefined && { lastStatus: last.status }),
    })),
  );
}

/** `POST /system/schedules/NAME/run`: calls a function at once, as its schedule would. */
export async function runSchedule(call: Call, context: ApiContext): Promise<Answer> {
  const status = await context.scheduler.run(functionOf(call, context, call.subject));
  return json({ status });
}
