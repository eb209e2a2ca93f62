import { readProcess, withDescendants } from '../../common/proc.ts';
import { ProcessGroups } from '../process/process-groups.ts';
import type { Worker } from './worker.ts';

/**
 * Kills the processes that a killed worker had started for its requests. Where this process adopts orphans they are its
 * children now; otherwise they are those in the worker's last report.
 * @param ended a worker of a mode with a process per request
 * @param others the workers that are alive
 */
export function killLeftBehind(ended: Worker, others: readonly Worker[]): void {
  const living = new Set(others.map(({ pid }) => pid));
  const groups = new ProcessGroups();
  for (const pid of childrenOfThis()) if (!living.has(pid) && pid !== ended.pid) groups.add(pid);
  for (const pid of ended.state?.processIds ?? []) {
    const facts = readProcess(pid);
    if (facts?.group === pid && !living.has(facts.parent)) groups.add(pid); // otherwise another process has its id by now
  }
  groups.killAll();
}

function childrenOfThis(): number[] {
  return withDescendants(process.pid).filter((pid) => readProcess(pid)?.parent === process.pid);
}
