/** How long a process has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 1000;

/**
 * The process groups that the watchdog has started and not yet seen the end of. Every process is started as the
 * leader of a group of its own, so that what it starts in turn can be ended with it.
 */
export class ProcessGroups {
  /** Leaders by process id, each with the timer of its SIGKILL once it was told to end. */
  readonly #groups = new Map<number, NodeJS.Timeout | undefined>();

  /** Process ids of the leaders. */
  get leaders(): readonly number[] {
    return [...this.#groups.keys()];
  }

  add(leader: number): void {
    this.#groups.set(leader, undefined);
  }

  /** Ends a group: SIGTERM now, SIGKILL after `graceMs` to what is left by then. */
  end(leader: number, graceMs: number = GRACE_MS): void {
    if (!this.#groups.has(leader) || this.#groups.get(leader)) return;
    if (!signalGroup(leader, 'SIGTERM')) {
      this.#groups.delete(leader);
      return;
    }
    const timer = setTimeout(() => {
      signalGroup(leader, 'SIGKILL');
      this.#groups.delete(leader);
    }, graceMs);
    this.#groups.set(leader, timer);
  }

  /** Call when a leader has exited: what it left behind in its group ends with it. */
  leaderExited(leader: number): void {
    this.end(leader);
    const timer = this.#groups.get(leader);
    if (!timer || signalGroup(leader, 0)) return;
    clearTimeout(timer);
    this.#groups.delete(leader);
  }

  /** Kills every group at once. */
  killAll(): void {
    for (const [leader, timer] of this.#groups) {
      clearTimeout(timer);
      signalGroup(leader, 'SIGKILL');
    }
    this.#groups.clear();
  }
}

/** @returns whether there is such a group still */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
