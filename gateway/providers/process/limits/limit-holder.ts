/** Holds one instance to its limits. */
export interface LimitHolder {
  /** Begins, with the process that was just started. @param end ends the instance */
  hold(pid: number, end: () => void): void;
  /** Why the instance was ended, where that was for a limit. */
  readonly reason: string | undefined;
  /** The instance has ended, with all of its processes. */
  release(): Promise<void>;
}

/** What the log and the status say of an instance that was ended for its memory. */
export function outOfMemory(limit: string): string {
  return `out of memory: it used more than limits.memory of ${limit}`;
}
