import { adoptOrphans } from '../orphans.ts';
import { loadAddon, type AddonPlaces } from './loaded-addon.ts';

/** How long after the start the addon is loaded, in milliseconds: the load does not delay the start. */
const DELAY_MS = 500;

/**
 * Adopts orphans by the addon, if it can be loaded. For modes that do not start processes by the addon, and so have
 * not loaded it.
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
