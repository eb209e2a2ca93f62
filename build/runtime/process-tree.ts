import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** A process as it was a moment ago. */
interface Seen {
  readonly pid: number;
  readonly parent: number;
  /** Whether its environment holds the marker. */
  readonly marked: boolean;
}

/** A process that is being started while we look is found by the next look. */
const LOOKS = 5;

/**
 * Kills what an instance has started, wherever it has gone: the processes below it, and those that have left it (a
 * daemon, whose parent has ended), which are known by a variable that they inherited. A container's end does the same.
 * Killing the watchdog alone would leave them behind, as a function's processes are in groups of their own.
 * @param root the instance's own process; undefined where it has ended
 * @param marker a variable and its value, `NAME=value`, that no other process has; of use on Linux alone
 */
export async function killTree(root: number | undefined, marker: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const seen = await seeProcesses(marker);
    const doomed = new Set(seen.filter(({ marked }) => marked).map(({ pid }) => pid));
    if (look === 0 && root !== undefined) doomed.add(root);
    // A set hands out what is added while it is walked.
    for (const parent of doomed) for (const one of seen) if (one.parent === parent) doomed.add(one.pid);
    if (doomed.size === 0) return;
    for (const victim of doomed) killIfThere(victim);
  }
}

async function seeProcesses(marker: string): Promise<Seen[]> {
  return process.platform === 'linux' ? seeInProc(marker) : seeByPs();
}

async function seeInProc(marker: string): Promise<Seen[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string): Promise<string> =>
        readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
      // proc_pid_stat(5): behind the name, which may hold anything, the state and the parent.
      const [state, parent] = (await read('stat')).split(') ').at(-1)?.split(' ') ?? [];
      const marked = (await read('environ')).split('\0').includes(marker);
      return { pid, parent: Number(parent), marked, ended: state === 'Z' };
    }),
  );
  return seen.filter(({ ended }) => !ended);
}

async function seeByPs(): Promise<Seen[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid='], { reject: false, timeout: 5000 });
  return String(stdout ?? '')
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, marked: false };
    });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
