import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionLimits } from './function-limits.ts';
import { outOfMemory, type LimitHolder } from './limit-holder.ts';

/** The memory that is allowed for the watchdog where the function is a process of its own, in bytes. */
const WATCHDOG_BYTES = 64 << 20;
/** The period of cpu.max, and the smallest quota that the kernel accepts, in microseconds. */
const PERIOD_US = 100_000;
const LEAST_QUOTA_US = 1000;
/** How often the removal of a cgroup is tried, and the pause between: it fails while its last processes are reaped. */
const REMOVALS = 20;
const REMOVE_AGAIN_MS = 50;

/** Lets the kernel enforce the limits of an instance, by a cgroup of its own (kernel.org, Control Group v2). */
export class CgroupHolder implements LimitHolder {
  readonly #folder: string;
  readonly #limits: FunctionLimits;
  readonly #extraBytes: number;

  /**
   * @param folder the cgroup to create for the instance
   * @param isInproc whether the function runs in the watchdog's process; if not, the watchdog gets memory on top
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
        // kills all processes together: a watchdog must not stay behind without its function
        this.#write('memory.oom.group', '1');
      }
      if (cores !== undefined)
        this.#write('cpu.max', `${Math.max(LEAST_QUOTA_US, Math.round(cores * PERIOD_US))} ${PERIOD_US}`);
      this.#write('cgroup.procs', String(pid));
    } catch {
      end(); // an instance must not run without its limits
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
