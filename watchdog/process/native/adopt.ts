import { adoptOrphans } from '../orphans.ts';
import { loadAddon, type AddonPlaces } from './loaded-addon.ts';

/** Milliseconds after the start, so that loading the addon does not hold up the start. */
const DELAY_MS = 500;

/**
 * Has the addon adopt the processes that the function leaves behind, if it can be loaded. For modes in which it starts
 * no process here.
 */
export function adoptOrphansSoon(places: AddonPlaces): void {
  const adopt = (): void => {
    try {
      adoptOrphans(loadAddon(places));
    } catch {
      // then the system's init goes on waiting for them
    }
  };
  setTimeout(adopt, DELAY_MS).unref();
}
