import { readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { stackStart, withDescendants } from '../../common/proc.ts';

/** Processes are looked at when they are once to twice as old, in milliseconds: most of a request's are gone by then. */
const LOOK_MS = 50;

/** What the watchdog may come to need, in parts of what it needs when the first process is looked at. */
const GROWTH = 1.5;

/** The most there is: such a process goes before all others. */
const MOST = 1000;

/**
 * Has the kernel's OOM killer take the function's processes before the watchdog, which is the larger one where a process
 * per request is small: raises their oom_score_adj (proc(5)) by the watchdog's own part of the memory, so that it counts
 * for nothing beside them. What they start inherits it. It is done out of the way of requests, a moment after the
 * start; a process that cannot be changed (setuid, another's) stays as it is, and nothing is ever lowered.
 */
export class OomPreference {
  readonly #isThere: (pid: number) => boolean;
  #young: number[] = [];
  #older: number[] = [];
  #isWatching = false;

  /** @param isThere whether a process that was given is still one of ours */
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
 * A process that shares the watchdog's memory until it executes its program shares its oom_score_adj too: to change one
 * would be to change both.
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

/** The watchdog's part of the memory that there is for this container, in thousandths, as oom_score_adj counts. */
function ownPart(): number {
  const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return Math.ceil((MOST * GROWTH * process.memoryUsage.rss()) / limit);
}
