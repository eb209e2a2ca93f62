import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { readProcess, withDescendants } from '../../../common/proc.ts';

/** A process, as /proc showed it. */
interface Seen {
  readonly pid: number;
  readonly parent: number;
  /** Whether its environment holds the marker. */
  readonly marked: boolean;
}

/** How often processes are listed. A process that starts during one listing is found by the next. */
const LOOKS = 5;

/**
 * Kills all processes that an instance has started, as the end of a container would: its descendants, and daemons,
 * whose parents have ended. Daemons are found by an environment variable that they inherited.
 * @param root the instance's own process; undefined where it has ended
 * @param marker the beginning of a variable, `NAME=value`, that only these processes have
 */
export async function killTree(root: number | undefined, marker: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const seen = await seeProcesses(marker);
    const doomed = new Set(seen.filter(({ marked }) => marked).map(({ pid }) => pid));
    if (look === 0 && root !== undefined) doomed.add(root);
    // A loop over a set also visits the elements that are added during the loop.
    for (const parent of doomed) for (const one of seen) if (one.parent === parent) doomed.add(one.pid);
    if (doomed.size === 0) return;
    for (const victim of doomed) killIfThere(victim);
  }
}

async function seeProcesses(marker: string): Promise<Seen[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const facts = readProcess(pid);
      const environment = facts ? await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '') : '';
      const marked = environment.split('\0').some((variable) => variable.startsWith(marker));
      return { pid, parent: facts?.parent ?? 0, marked, ended: !facts || facts.state === 'Z' };
    }),
  );
  return seen.filter(({ ended }) => !ended);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Measures the memory of a process's descendants without that of mapped files, such as the code that processes share.
 * @param withRoot whether the memory of the process itself counts too
 * @returns bytes
 */
export function anonymousBytes(root: number, withRoot: boolean): number {
  const pids = withDescendants(root).filter((pid) => withRoot || pid !== root);
  return pids.reduce((sum, pid) => sum + anonymousBytesOf(pid), 0);
}

function anonymousBytesOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const fields = [...status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)];
    return fields.reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
  } catch {
    return 0; // it has ended
  }
}

/** The CPU time and the memory of a process and its descendants. */
export interface TreeUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export function measureTree(root: number): TreeUsage {
  let cpuSeconds = 0;
  let residentBytes = 0;
  for (const pid of withDescendants(root)) {
    const facts = readProcess(pid);
    cpuSeconds += (facts?.cpuSeconds ?? 0) + (facts?.childCpuSeconds ?? 0);
    residentBytes += facts?.residentBytes ?? 0;
  }
  return { cpuSeconds, residentBytes };
}
