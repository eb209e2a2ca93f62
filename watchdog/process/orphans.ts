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

/** Children that Node starts here, which it waits for itself. Noted from the first on. */
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
 * Makes the watchdog the parent of what the function's processes leave behind, and waits for each of those when it
 * ends: a container has often no other init that would, and where it has, nobody needs to wait for its leisure. Once;
 * a later call only tells what processes there are besides.
 * @param owned processes that somebody else waits for
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

  /** A child that is not to be reaped here hides those behind it until its owner has; then the next look finds them. */
  reap(): void {
    for (let pid = this.#addon.exitedChild(); pid > 0; pid = this.#addon.exitedChild()) {
      const owner = this.owned?.withPid(pid);
      if (owner) owner.reap();
      else if (this.#isOrphan(pid)) this.#addon.reap(pid, -1, this.#result);
      if (this.#addon.exitedChild() === pid) return;
    }
  }

  /**
   * Neither started by Node here, nor in the watchdog's own process group, as are children that Node has started in
   * another thread: what the function's processes start is in theirs.
   */
  #isOrphan(pid: number): boolean {
    for (const child of children) if (child.pid === pid) return false;
    const group = readProcess(pid)?.group;
    return group !== undefined && group !== this.#ownGroup;
  }
}
