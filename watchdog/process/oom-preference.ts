import { readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { stackStart, withDescendants } from '../../common/proc.ts';

/**
 * Milliseconds. A process is looked at when it is one to two times as old: by then most processes of requests are gone.
 */
const LOOK_MS = 50;

/** How much more the watchdog may come to need than when it looks at the first process. */
const GROWTH = 1.5;

/** The highest score there is: such a process is killed before all others. */
const MOST = 1000;

/**
 * Makes the kernel's OOM killer take the function's processes before the watchdog, which is the larger one where a
 * process per request is small. It raises their oom_score_adj (proc(5)) by the watchdog's own part of the memory, so
 * that this part counts for nothing in comparison. Processes that they start inherit it. It is done outside of
 * requests, a moment after the start. A process that cannot be changed (setuid, another user's) stays as it is, and
 * nothing is ever lowered.
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
