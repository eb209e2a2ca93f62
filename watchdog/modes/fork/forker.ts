import { messageOf } from '../../../common/errors.ts';
import type { Forker, ForkOptions } from './forked-process.ts';
import type { AddonPlaces } from '../../process/native/loaded-addon.ts';

export interface ForkerChoice extends ForkOptions {
  /** Where to look for the native addon; undefined to do without it. */
  readonly addon: AddonPlaces | undefined;
  /** Called with the reason where processes are started the slow way although the fast one was wanted. */
  readonly onFallback: (why: string) => void;
}

/** Chooses the fastest way to start processes that works on this system. */
export async function createForker(choice: ForkerChoice): Promise<Forker> {
  if (choice.addon) {
    try {
      const { startNative } = await import('./native/start.ts');
      const { NativeForker } = await import('./native/native-forker.ts');
      return new NativeForker(await startNative(choice.addon), choice);
    } catch (thrown) {
      choice.onFallback(messageOf(thrown));
    }
  }
  const { NodeForker } = await import('./node-forker.ts');
  return new NodeForker(choice);
}
