import { readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { stackStart, withDescendants } from '../../common/proc.ts';

/**
 * The interval of the looks, in milliseconds. A process is changed by the first look at which it is at least this
 * old: by then most processes of requests have ended, and need no change.
 */
const LOOK_MS = 50;

/** Allows for growth of the watchdog after it has measured itself, as a factor. */
const GROWTH = 1.5;

/** The highest oom_score_adj: such a process is killed before all others. */
const MOST = 1000;

/**
 * Makes the kernel's OOM killer choose the function's processes before the watchdog, which may be larger than the
 * small process of a request. It raises the oom_score_adj (proc(5)) of those processes by the watchdog's part of the
 * memory: then the larger memory of the watchdog no longer decides. Their own children inherit the value. A timer
 * does this, so that no request waits for it. A process that cannot be changed (setuid, another user's) keeps its
 * value; no value is lowered.
 */
export class OomPreference {
  readonly #isThere: (pid: number) => boolean;
  #young: number[] = [];
  #older: number[] = [];
  #isWatching = false;

  /** @param isThere whether a process that was added is still one of ours */
  constructor(isThere: (pid: number) => boolean) {
    this.#isThere = isThere;
  }

  add(pid: number): void {
    this.#young.push(pid);
    if (!this.#isWatching) this.#lookSoon();
  }

  #lookSoon(): void {
    this.#isWatching = true;
    setTimeout(this.#look, LOOK_MS).unref();
  }

  readonly #look = (): void => {
    const due = this.#older.filter(this.#isThere);
    this.#older = this.#young;
    this.#young = due.filter(isBeforeExec);
    for (const pid of due) {
      if (!this.#young.includes(pid)) for (const each of withDescendants(pid)) prefer(each);
    }
    this.#isWatching = false;
    if (this.#older.length > 0 || this.#young.length > 0) this.#lookSoon();
  };
}

/**
 * Whether a process has not executed its program yet. Until then it shares the watchdog's memory and oom_score_adj: to
 * change one would be to change both.
 */
function isBeforeExec(pid: number): boolean {
  const stack = stackStart(pid);
  return stack !== undefined && stack === stackStart('self');
}

let target: number | undefined;

function prefer(pid: number): void {
  const file = `/proc/${pid}/oom_score_adj`;
  try {
    target ??= Math.min(MOST, Number(readFileSync('/proc/self/oom_score_adj', 'latin1')) + ownPart());
    if (Number(readFileSync(file, 'latin1')) < target) writeFileSync(file, String(target));
  } catch {
    // it has ended, or is not ours to change
  }
}

/** The watchdog's part of the memory of this container, in thousandths, as oom_score_adj counts. */
function ownPart(): number {
  const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return Math.ceil((MOST * GROWTH * process.memoryUsage.rss()) / limit);
}
