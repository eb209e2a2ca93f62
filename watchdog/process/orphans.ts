import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { NativeAddon } from './native/addon.ts';
import { readProcess } from '../../common/proc.ts';

/** Milliseconds between two looks for orphans that have ended. */
const LOOK_MS = 1000;

/** Children that somebody else waits for. */
export interface Owned {
  /** @returns the owner of a child, whose `reap` waits for it; undefined where the child is none of these */
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
 * Makes the watchdog the parent of processes that the function's processes leave behind, and waits for each of them
 * when it ends. A container often has no other init that would do so; and where it has, nobody has to wait for that
 * one. It works once; a later call only adds the owner of other children.
 * @param owned children that somebody else waits for
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
   * Waits for orphans. A child that somebody else must wait for hides the ones behind it until its owner has done so;
   * the next look then finds them.
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
   * Whether a child is neither started by Node here, nor in the watchdog's own process group. Children that Node has
   * started in another thread are in that group; those of the function's processes are in their own.
   */
  #isOrphan(pid: number): boolean {
    for (const child of children) if (child.pid === pid) return false;
    const group = readProcess(pid)?.group;
    return group !== undefined && group !== this.#ownGroup;
  }
}
