import { constants } from 'node:os';
import { loadedAddon } from './native/loaded-addon.ts';
import { OomPreference } from './oom-preference.ts';
import { reapOrphans } from './orphans.ts';
import { processIds, readProcess } from '../../common/proc.ts';

/** How long a process has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 1000;

/** How long to wait for the end of a group, and how often to look, in milliseconds. */
const MOST_WAIT_MS = 2000;
const LOOK_MS = 20;

/** Milliseconds after which a process that obeys SIGTERM has ended. */
const STUBBORN_MS = 100;

interface Group {
  /** Sends SIGKILL, when the time of a stop is over. */
  timer: NodeJS.Timeout | undefined;
  hasLeader: boolean;
}

/**
 * The process groups that the watchdog has started and whose end it has not seen yet. Every process is started as the
 * leader of a group, so that the processes that it starts can be stopped with it.
 */
export class ProcessGroups {
  /** By the process id of the leader. */
  readonly #groups = new Map<number, Group>();
  readonly #oom = new OomPreference((leader) => this.#groups.has(leader));

  /** Process ids of the leaders. */
  get leaders(): readonly number[] {
    return [...this.#groups.keys()];
  }

  add(leader: number): void {
    this.#groups.set(leader, { timer: undefined, hasLeader: true });
    this.#oom.add(leader);
  }

  /** Stops a group: SIGTERM now, SIGKILL after `graceMs` to the processes that are left by then. */
  stop(leader: number, graceMs: number = GRACE_MS): void {
    const group = this.#groups.get(leader);
    if (!group || group.timer) return;
    if (!this.#signal(leader, 'SIGTERM')) {
      this.#groups.delete(leader);
      return;
    }
    group.timer = setTimeout(() => {
      this.#signal(leader, 'SIGKILL');
      this.#groups.delete(leader);
    }, graceMs);
  }

  /** Call it when a leader has exited: the processes that it left in its group end with it. */
  leaderExited(leader: number): void {
    const group = this.#groups.get(leader);
    if (!group) return;
    group.hasLeader = false;
    this.stop(leader);
    if (!group.timer || this.#signal(leader, 0)) return;
    clearTimeout(group.timer);
    this.#groups.delete(leader);
  }

  /**
   * Resolves once nothing is left of a group that is being stopped. A process that has died, but was not waited for (by
   * the watchdog where it adopts orphans, otherwise by the system's init), still counts for 2 s at most, because it
   * looks alive to others. This does not wait for a process that ignores SIGTERM, nor for anything where the watchdog
   * itself is the init and cannot wait for children.
   */
  async gone(leader: number): Promise<void> {
    const start = performance.now();
    reapOrphans();
    while ((process.pid !== 1 || loadedAddon()) && this.#signal(leader, 0)) {
      const waited = performance.now() - start;
      if (waited > MOST_WAIT_MS || (waited > STUBBORN_MS && hasLivingMember(leader))) return;
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_MS);
      });
      reapOrphans();
    }
  }

  /** Kills every group at once. */
  killAll(): void {
    for (const [leader, { timer }] of this.#groups) {
      clearTimeout(timer);
      this.#signal(leader, 'SIGKILL');
    }
    this.#groups.clear();
  }

  /**
   * Sends a signal to a group. A process that was started a moment ago may not have made its group yet; then the signal
   * goes to the process alone.
   * @returns whether the group still exists
   */
  #signal(leader: number, signal: NodeJS.Signals | 0): boolean {
    if (send(-leader, signal)) return true;
    return this.#groups.get(leader)?.hasLeader === true && send(leader, signal);
  }
}

/** Whether a group has a process that is not a zombie. */
function hasLivingMember(leader: number): boolean {
  return processIds().some((id) => {
    const use = readProcess(id);
    return use?.group === leader && use.state !== 'Z' && use.state !== 'X';
  });
}

/**
 * Sends a signal. Usually there is nobody to get it, and process.kill takes its time to throw then.
 * @returns whether somebody got it
 */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  const addon = loadedAddon();
  if (addon) return addon.kill(pid, signal === 0 ? 0 : constants.signals[signal]) === 0;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
