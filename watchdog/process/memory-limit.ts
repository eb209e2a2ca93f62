import { readFileSync } from 'node:fs';

/** Where Linux counts the processes of a container that it has killed for memory: cgroup v2, and v1. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

let told = killedSoFar();

/**
 * Whether a process that was just killed was killed because the container had reached its memory limit. Each such
 * death is told once.
 */
export function wasOutOfMemory(): boolean {
  if (killedSoFar() <= told) return false;
  told += 1;
  return true;
}

/** How many processes of this container the kernel has killed for memory; 0 where there is no telling. */
function killedSoFar(): number {
  for (const file of COUNTERS) {
    try {
      const count = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
      if (count !== undefined) return Number(count);
    } catch {
      // Another version of cgroups, or none.
    }
  }
  return 0;
}
