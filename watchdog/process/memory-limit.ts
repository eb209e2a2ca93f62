import { readFileSync } from 'node:fs';

/** The files in which Linux counts the processes of a container that it has killed for memory: cgroup v2, and v1. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

let told = killedSoFar();

/**
 * Whether a process that was just killed was killed because the container had reached its memory limit. Each such kill
 * is reported once.
 */
export function wasOutOfMemory(): boolean {
  if (killedSoFar() <= told) return false;
  told += 1;
  return true;
}

/** How many processes of this container the kernel has killed for memory; 0 where that is not known. */
function killedSoFar(): number {
  for (const file of COUNTERS) {
    try {
      const count = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
      if (count !== undefined) return Number(count);
    } catch {
      // another version of cgroups, or none
    }
  }
  return 0;
}
