/** Enforces the limits of one instance. */
export interface LimitHolder {
  /** Begins to enforce the limits on a process that was just started. @param end ends the instance */
  hold(pid: number, end: () => void): void;
  /** Why the instance was ended; undefined where no limit was the reason. */
  readonly reason: string | undefined;
  /** Cleans up after the instance has ended with all of its processes. */
  release(): Promise<void>;
}

/** @returns the reason for the log and the status when an instance was ended for its use of memory */
export function outOfMemory(limit: string): string {
  return `out of memory: it used more than limits.memory of ${limit}`;
}
