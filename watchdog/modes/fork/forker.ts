import { messageOf } from '../../../common/errors.ts';
import type { Forker, ForkOptions } from './forked-process.ts';
import type { AddonPlaces } from '../../process/native/load.ts';

export interface ForkerChoice extends ForkOptions {
  /** Where the native addon may be; undefined where it is not wanted. */
  readonly addon: AddonPlaces | undefined;
  /** Told why processes are started the slow way, where the fast one was wanted. */
  readonly onFallback: (why: string) => void;
}

/** Chooses the fastest way to start processes that works here. */
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
