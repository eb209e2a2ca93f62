import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionLimits } from './function-limits.ts';
import { outOfMemory, type LimitHolder } from './limit-holder.ts';

/** What a watchdog needs for itself, beside the function in a process of its own, in bytes. */
const WATCHDOG_BYTES = 64 << 20;
/** The span in which CPU is counted, and the least of it that the kernel takes, in microseconds. */
const PERIOD_US = 100_000;
const LEAST_QUOTA_US = 1000;
/** How often, and how long after each other, a group is removed whose last processes are being reaped. */
const REMOVALS = 20;
const REMOVE_AGAIN_MS = 50;

/** Has the kernel hold an instance to its limits, in a cgroup of its own (kernel.org, Control Group v2). */
export class CgroupHolder implements LimitHolder {
  readonly #folder: string;
  readonly #limits: FunctionLimits;
  readonly #extraBytes: number;

  /**
   * @param folder the group of the instance, which is made
   * @param isInproc whether the function runs in the watchdog's own process; else the watchdog's memory is no part of it
   */
  constructor(folder: string, limits: FunctionLimits, isInproc: boolean) {
    this.#folder = folder;
    this.#limits = limits;
    this.#extraBytes = isInproc ? 0 : WATCHDOG_BYTES;
  }

  get reason(): string | undefined {
    const events = this.#read('memory.events');
    return /^oom_kill [1-9]/m.test(events) ? outOfMemory(this.#limits.memory) : undefined;
  }

  hold(pid: number, end: () => void): void {
    const { bytes, cores } = this.#limits;
    try {
      mkdirSync(this.#folder);
      if (bytes !== undefined) {
        this.#write('memory.max', String(Math.ceil(bytes + this.#extraBytes)));
        this.#write('memory.swap.max', '0', true);
        // all of it or nothing: a watchdog is not to stay behind without its function
        this.#write('memory.oom.group', '1');
      }
      if (cores !== undefined)
        this.#write('cpu.max', `${Math.max(LEAST_QUOTA_US, Math.round(cores * PERIOD_US))} ${PERIOD_US}`);
      this.#write('cgroup.procs', String(pid));
    } catch {
      end(); // without its limits it is not to run
    }
  }

  async release(): Promise<void> {
    for (let removal = 0; removal < REMOVALS; removal += 1) {
      try {
        return await rmdir(this.#folder);
      } catch {
        await sleep(REMOVE_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  #write(file: string, text: string, mayBeMissing = false): void {
    try {
      writeFileSync(path.join(this.#folder, file), text);
    } catch (error) {
      if (!mayBeMissing) throw error;
    }
  }

  #read(file: string): string {
    try {
      return readFileSync(path.join(this.#folder, file), 'utf8');
    } catch {
      return '';
    }
  }
}
