import { adoptOrphans } from '../orphans.ts';
import { loadAddon, type AddonPlaces } from './load.ts';

/** Milliseconds after the start, which this must not hold up. */
const DELAY_MS = 500;

/** Where no process is started with the addon: has it adopt what the function leaves behind, if it can be loaded. */
export function adoptOrphansSoon(places: AddonPlaces): void {
  const adopt = (): void => {
    try {
      adoptOrphans(loadAddon(places));
    } catch {
      // then the system's init goes on to wait for them
    }
  };
  setTimeout(adopt, DELAY_MS).unref();
}
