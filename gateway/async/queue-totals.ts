import { qualifiedName, type FunctionName } from '../functions/function-name.ts';
import type { CallRecord } from './async-call.ts';
import type { QueueLoad } from './call-queue.ts';

/** Counts the calls of each queue since the start. */
export class QueueTotals {
  readonly byQueue = new Map<string, { submitted: number; processed: number }>();

  count(queue: string, what: 'submitted' | 'processed'): void {
    const totals = this.byQueue.get(queue) ?? { submitted: 0, processed: 0 };
    totals[what] += 1;
    this.byQueue.set(queue, totals);
  }
}

/** @returns how many calls of each function and queue wait, and how many run */
export function loadsOf(
  records: readonly CallRecord[],
  isRunning: (record: CallRecord) => boolean,
): QueueLoad[] {
  const loads = new Map<string, { queue: string; name: FunctionName; waiting: number; running: number }>();
  for (const record of records) {
    const key = `${record.queue}/${qualifiedName(record.name)}`;
    const load = loads.get(key) ?? { queue: record.queue, name: record.name, waiting: 0, running: 0 };
    loads.set(key, load);
    if (isRunning(record)) load.running += 1;
    else load.waiting += 1;
  }
  return [...loads.values()];
}
