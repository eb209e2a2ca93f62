import { execa } from 'execa';

/**
 * Kills a process with all that descends from it. The last resort: a function's processes are in groups of their
 * own, so that killing the watchdog alone would leave them behind.
 */
export async function killTree(pid: number): Promise<void> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid='], { reject: false, timeout: 5000 });
  const children = new Map<number, number[]>();
  for (const line of String(stdout ?? '').split('\n')) {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const doomed = [pid];
  for (const next of doomed) doomed.push(...(children.get(next) ?? []));
  for (const victim of doomed) killIfThere(victim);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
