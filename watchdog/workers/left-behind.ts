import { readProcess, withDescendants } from '../../common/proc.ts';
import { ProcessGroups } from '../process/process-groups.ts';
import type { Worker } from './worker.ts';

/**
 * Kills what a worker that was killed had started for its requests. Where this process adopts orphans they are its
 * children now; else there are those that the worker has told of last.
 * @param ended a worker of a mode with a process per request, which has ended
 * @param others those that live
 */
export function killLeftBehind(ended: Worker, others: readonly Worker[]): void {
  const living = new Set(others.map(({ pid }) => pid));
  const groups = new ProcessGroups();
  for (const pid of childrenOfThis()) if (!living.has(pid) && pid !== ended.pid) groups.add(pid);
  for (const pid of ended.state?.processIds ?? []) {
    const facts = readProcess(pid);
    if (facts?.group === pid && !living.has(facts.parent)) groups.add(pid); // else its number is another's by now
  }
  groups.killAll();
}

function childrenOfThis(): number[] {
  return withDescendants(process.pid).filter((pid) => readProcess(pid)?.parent === process.pid);
}
