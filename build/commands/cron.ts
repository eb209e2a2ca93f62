import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { shownName } from '../gateway-client/function-names.ts';
import { listSchedules, runSchedule } from '../gateway-client/schedules.ts';
import type { Host } from '../host.ts';
import { alignColumns } from '../terminal/text-table.ts';

export interface CronChoice extends GatewayChoice {
  readonly json: boolean;
}

/** `ofkit cron list`: prints the functions that the gateway calls by the clock, with their next times. */
export async function listCron(host: Host, options: CronChoice): Promise<void> {
  const schedules = await listSchedules(await connectGateway(host, options));
  if (options.json) {
    host.out.line(JSON.stringify(schedules, undefined, 2));
    return;
  }
  const rows = schedules.map(({ function: name, namespace, schedule, next, lastRun, lastStatus }) => [
    shownName({ name, namespace }),
    schedule,
    next[0] ?? '-',
    lastRun ?? '-',
    String(lastStatus ?? '-'),
  ]);
  for (const line of alignColumns([['FUNCTION', 'SCHEDULE', 'NEXT', 'LAST', 'STATUS'], ...rows]))
    host.out.line(line);
}

/** `ofkit cron run`: calls a function at once as its schedule would. */
export async function runCron(host: Host, name: string, options: CronChoice): Promise<void> {
  const status = await runSchedule(await connectGateway(host, options), name);
  host.out.line(options.json ? JSON.stringify({ status }) : `${name}: answered ${status}`);
}
