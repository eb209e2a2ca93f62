import { connectGateway, type GatewayChoice } from '../gateway-client/running-gateway.ts';
import { shownName } from '../gateway-client/names.ts';
import { listSchedules, runSchedule } from '../gateway-client/schedules.ts';
import type { Host } from '../host.ts';
import { alignColumns } from '../terminal/table.ts';

export interface CronOptions {
  readonly gateway: GatewayChoice;
  readonly json: boolean;
}

/** `ofkit cron list`: the functions that are called by the clock, and when next. */
export async function listCron(host: Host, { gateway, json }: CronOptions): Promise<void> {
  const schedules = await listSchedules(await connectGateway(host, gateway));
  if (json) {
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
export async function runCron(host: Host, name: string, { gateway, json }: CronOptions): Promise<void> {
  const status = await runSchedule(await connectGateway(host, gateway), name);
  host.out.line(json ? JSON.stringify({ status }) : `${name}: answered ${status}`);
}
