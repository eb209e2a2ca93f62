import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { NativeAddon } from './native/addon.ts';
import { readProcess } from '../../common/proc.ts';

/** Milliseconds between two looks for orphans that have ended. */
const LOOK_MS = 1000;

/** Children that another part of the watchdog waits for. */
export interface Owned {
  /** @returns the part that waits for a child by `reap`; undefined for a child of nobody */
  withPid(pid: number): { reap(): void } | undefined;
}

let orphans: Orphans | undefined;

/** Children that Node starts here and waits for itself, recorded from the first one on. */
const children = new Set<ChildProcess>();
subscribe('child_process', (message) => {
  const child = (message as { process: ChildProcess }).process;
  children.add(child);
  child.once('exit', () => children.delete(child));
  setImmediate(() => {
    if (child.pid === undefined) children.delete(child); // it could not be started
  });
});

/**
 * Makes the watchdog the parent of orphans: processes below it whose parent has ended. It waits for each when that
 * ends, as a container often has no other init that does, and they would stay zombies. A later call only adds the
 * owner of other children.
 * @param owned children that another part of the watchdog waits for
 */
export function adoptOrphans(addon: NativeAddon, owned?: Owned): void {
  orphans ??= new Orphans(addon);
  orphans.owned ??= owned;
}

/** Waits for the orphans that have ended. Does nothing where none are adopted. */
export function reapOrphans(): void {
  orphans?.reap();
}

class Orphans {
  owned: Owned | undefined;
  readonly #addon: NativeAddon;
  readonly #ownGroup = readProcess('self')?.group;
  readonly #result = new Int32Array(3);

  constructor(addon: NativeAddon) {
    this.#addon = addon;
    addon.adopt();
    setInterval(() => this.reap(), LOOK_MS).unref();
  }

  /**
   * Waits for orphans. The kernel shows one ended child at a time. A child that another part must wait for hides the
   * next ones until that part has done so; the next look then finds them.
   */
  reap(): void {
    for (let pid = this.#addon.exitedChild(); pid > 0; pid = this.#addon.exitedChild()) {
      const owner = this.owned?.withPid(pid);
      if (owner) owner.reap();
      else if (this.#isOrphan(pid)) this.#addon.reap(pid, -1, this.#result);
      if (this.#addon.exitedChild() === pid) return;
    }
  }

  /**
   * Whether a child was started by another process. Node has recorded the children that it started in this thread.
   * Those that it started in another thread are in the watchdog's process group, orphans of the function in others.
   */
  #isOrphan(pid: number): boolean {
    for (const child of children) if (child.pid === pid) return false;
    const group = readProcess(pid)?.group;
    return group !== undefined && group !== this.#ownGroup;
  }
}
